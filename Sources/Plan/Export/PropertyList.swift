internal import FoundationEssentials

/// A property list, as XML (Apple's DTD 1.0).
indirect enum PropertyList {
    case text(String)
    case number(Int)
    case data([UInt8])
    case list([PropertyList])
    /// In the order that it is written in.
    case record([(String, PropertyList)])

    var document: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">

        """ + lines.joined(separator: "\n") + "\n</plist>\n"
    }

    private var lines: [String] {
        switch self {
        case .text(let text): ["<string>\(Self.escaped(text))</string>"]
        case .number(let number): ["<integer>\(number)</integer>"]
        case .data(let bytes): ["<data>\(Data(bytes).base64EncodedString())</data>"]
        case .list(let values): Self.enclosed("array", values.flatMap(\.lines))
        case .record(let fields):
            Self.enclosed("dict", fields.flatMap { ["<key>\(Self.escaped($0))</key>"] + $1.lines })
        }
    }

    private static func enclosed(_ tag: String, _ lines: [String]) -> [String] {
        ["<\(tag)>"] + lines.map { "    " + $0 } + ["</\(tag)>"]
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

internal import Lint

/// Text inside an HTML document, such that it stays text: in elements and in attributes in double quotes.
enum HTMLText {
    /// Nothing of it is markup, moves the direction of writing, or is invisible.
    static func of(_ text: String) -> String {
        var result = ""
        for scalar in VisibleText.of(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `<name class="…">text</name>`
    static func element(_ name: String, _ text: String, class style: String = "") -> String {
        "<\(name)\(style.isEmpty ? "" : " class=\"\(style)\"")>\(of(text))</\(name)>"
    }
}

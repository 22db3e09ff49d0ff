internal import Lint
internal import Manifests

/// What `cvlan lint --explain` is asked for.
enum ExplainRequest {
    case all
    case code(FindingCode)
    /// With codes that may have been meant.
    case unknown(String, near: [FindingCode])

    /// - Parameter text: in any case, with or without what is in front of the number.
    init(_ text: String) {
        let name = text.uppercased()
        if name == "ALL" {
            self = .all
        } else if let code = FindingCode(rawValue: name) ?? FindingCode(rawValue: Self.padded(name)) {
            self = .code(code)
        } else {
            let all = FindingCode.allCases
            let series = all.filter { $0.rawValue.dropLast() == Self.padded(name).dropLast() }
            let nearest = Spelling.nearest(to: Self.padded(name), among: all.map(\.rawValue))
            self = .unknown(text, near: series.isEmpty ? all.filter { $0.rawValue == nearest } : series)
        }
    }

    /// `23` and `CV23` are `CV023`.
    private static func padded(_ name: String) -> String {
        let digits = name.hasPrefix("CV") ? String(name.dropFirst(2)) : name
        return "CV" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    /// One line for a code: what it is, how bad, and what it is about.
    static func line(_ code: FindingCode) -> String {
        let severity = code.severity.rawValue.padding(to: 7)
        return "\(code.rawValue)  \(severity)  \(code.explanation.summary)"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

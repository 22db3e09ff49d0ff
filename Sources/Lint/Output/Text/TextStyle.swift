/// How text looks where it is shown.
package struct TextStyle: Sendable, Hashable {
    package let isColored: Bool
    /// Cells in a line of the terminal; source lines are cut to it.
    package let width: Int

    package init(isColored: Bool, width: Int) {
        self.isColored = isColored
        self.width = width
    }

    /// For files, pipes and logs.
    package static let plain = TextStyle(isColored: false, width: 120)
}

/// Colours by SGR (ECMA-48 §8.3.117), or none.
package struct Paint: Sendable {
    package let isColored: Bool

    package init(isColored: Bool) {
        self.isColored = isColored
    }

    package enum Role: String, Sendable {
        case error = "1;31"
        case warning = "1;33"
        case note = "1;36"
        case strong = "1"
        case frame = "1;34"
        case fix = "1;32"
    }

    package func callAsFunction(_ text: String, _ role: Role) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension Finding.Severity {
    var role: Paint.Role {
        switch self {
        case .error: .error
        case .warning: .warning
        case .note: .note
        }
    }
}

package import Manifests

/// Something that lint has to say about a manifest.
package struct Finding: Hashable, Sendable {
    package let code: FindingCode
    package let severity: Severity
    package let span: SourceSpan
    package let message: String
    /// The tenant whose manifest it is; `nil` when that cannot be told, and the commit as a whole is held back.
    package let tenant: String?
    /// Other places that have to do with it: the rule that wins, the first of two that collide.
    package let related: [Related]
    /// What would mend it; of several, the first is the likeliest.
    package let fixes: [Fix]

    package init(
        _ code: FindingCode, at span: SourceSpan, _ message: String, tenant: String?, related: [Related] = [],
        fixes: [Fix] = []
    ) {
        self.code = code
        severity = code.severity
        self.span = span
        self.message = message
        self.tenant = tenant
        self.related = related
        self.fixes = fixes
    }

    package enum Severity: String, Sendable, Hashable, Comparable {
        /// Worth knowing; fails no run.
        case note
        case warning
        case error

        package static func < (a: Severity, b: Severity) -> Bool { a.order < b.order }

        private var order: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    /// A place, and what it has to do with the finding: "the deny that wins".
    package struct Related: Hashable, Sendable {
        package let span: SourceSpan
        package let message: String

        package init(_ span: SourceSpan, _ message: String) {
            self.span = span
            self.message = message
        }
    }
}

extension Finding: Comparable {
    /// By file, then by place in it, then by code.
    package static func < (a: Finding, b: Finding) -> Bool {
        a.span == b.span ? (a.code.rawValue, a.message) < (b.code.rawValue, b.message) : a.span < b.span
    }
}

extension Finding: CustomStringConvertible {
    /// `FILE:LINE:COLUMN: error[CODE]: message`
    package var description: String { "\(span): \(severity.rawValue)[\(code.rawValue)]: \(message)" }
}

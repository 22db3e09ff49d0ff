package import Manifests

/// Something that lint has to say about a manifest.
package struct Finding: Hashable, Sendable {
    package let code: FindingCode
    package let severity: Severity
    package let span: SourceSpan
    package let message: String
    /// The tenant whose state it holds back; `nil` when that cannot be told, and the commit as a whole is held back.
    package let tenant: String?

    package init(_ code: FindingCode, at span: SourceSpan, _ message: String, tenant: String?) {
        self.code = code
        severity = code.severity
        self.span = span
        self.message = message
        self.tenant = tenant
    }

    package enum Severity: String, Sendable, Hashable {
        /// Nothing of the tenant is published until it is mended.
        case error
        case warning
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

package import Lint
package import Manifests
package import OverlayNetwork

/// Why a tenant or a commit is held back, with its place.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// `FILE:LINE:COLUMN: error[CODE]: message`
    package let description: String

    package init(_ finding: Finding) {
        description = finding.description
    }

    package init(_ error: NetworkError) {
        description = error.description
    }

    /// `span` may be `.none`.
    package init(code: String, at span: SourceSpan, _ message: String) {
        description = (span == .none ? "" : "\(span): ") + "error[\(code)]: \(message)"
    }
}

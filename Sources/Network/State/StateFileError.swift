/// A file of the state branch that is not as the controller writes it.
package struct StateFileError: Error, Hashable, CustomStringConvertible {
    package enum Code: Sendable, CaseIterable {
        /// No state file has this path.
        case unexpectedFile
        /// A file that others need is not there.
        case missingFile
        case tooLarge
        case malformed
        /// A member that is missing, unknown, or of another type.
        case badField
        /// Right in content, but not in the form that the controller writes.
        case notCanonical
        case unsupportedVersion
    }

    package let code: Code
    package let path: String
    package let detail: String

    package var description: String { "\(path): \(detail)" }
}

/// Something wrong with a manifest by itself, found while it was read.
package struct ManifestProblem: Hashable, Sendable, Error {
    package let kind: Kind
    package let span: SourceSpan
    /// For people: what is wrong and, where that is known, what to write instead. No full stop, no line breaks.
    package let message: String
    /// Whose manifest it is, where that could be read; see `ManifestFile` for the rest.
    package var tenant: String?
    package let fixes: [Fix]

    package init(_ kind: Kind, at span: SourceSpan, _ message: String, tenant: String? = nil, fixes: [Fix] = []) {
        self.kind = kind
        self.span = span
        self.message = message
        self.tenant = tenant
        self.fixes = fixes
    }

    package enum Kind: Sendable, Hashable, CaseIterable {
        /// The file could not be read, or is not UTF-8 text.
        case unreadable
        /// Not YAML or JSON.
        case syntax
        /// Past one of `ManifestLimits`.
        case limit
        case duplicateKey
        case unknownField
        case missingField
        case wrongType
        /// Not one of the words that the field takes.
        case badChoice
        /// Not a name in the form that the field takes.
        case badName
        case badAddress
        case badPort
        case badKey
        case badTime
        /// Any other value that its field does not take.
        case badValue
        case unsupportedVersion
        case unsupportedKind
    }
}

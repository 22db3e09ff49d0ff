/// Something that whoever writes a manifest should know, though the manifest says what it says: it is carried out all the
/// same.
package struct ManifestRemark: Hashable, Sendable {
    package let kind: Kind
    package let span: SourceSpan
    /// For people: no full stop, no line breaks.
    package let message: String
    /// Whose manifest it is, as far as that can be told.
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
        /// A private key, a password or a token that anyone who can read the file can use.
        case plainSecret
        /// Nothing would change without the manifest.
        case saysNothing
        /// Something that another reader of YAML reads as something else.
        case ambiguousWord
        /// What everyone else writes in another way.
        case nonCanonicalText
        /// What is said already.
        case repeatedElement
    }
}

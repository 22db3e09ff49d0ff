/// A commit object taken apart into its signature and what is signed, as `git verify-commit` does it.
///
///     tree 9bb0…                                tree 9bb0…
///     parent 4b8d…                              parent 4b8d…
///     author Ann <ann@example.org> …      ─▶    author Ann <ann@example.org> …
///     committer Ann <ann@example.org> …         committer Ann <ann@example.org> …
///     gpgsig -----BEGIN SSH SIGNATURE-----
///      U1NIU0lHAAAA…                            office: add a printer
///      -----END SSH SIGNATURE-----
///
///     office: add a printer
package struct SignedCommit: Hashable, Sendable {
    /// The text of the header, lines joined; what kind of signature it is, its first line says. `nil`: not signed.
    package let signature: [UInt8]?
    /// The object without its signatures.
    package let payload: [UInt8]

    /// Why nothing can be said of a commit's signature.
    package enum Refusal: Error, Hashable, Sendable {
        /// The signature is not after `tree`, `parent`, `author` and `committer`. Readers of commits look no further for
        /// parents than the first line that is none: a signature before them would make other parents of a signed commit.
        case misplaced
        /// More signatures than one: git joins them to one text.
        case several
        /// Headers with a zero byte, which git reads up to there.
        case malformed
    }

    /// - Parameter object: as `Repository.commitBytes` gives it: of a repository with SHA-1 names, in which `gpgsig` is the
    ///   signature, and `gpgsig-sha256` one of another form of the commit, which nothing signs.
    package init(_ object: [UInt8]) throws(Refusal) {
        var lines = CommitHeaderLines(object)
        var payload: [UInt8] = []
        payload.reserveCapacity(object.count)
        var signature: [UInt8]?
        var (sawCommitter, sawSignature) = (false, false)
        var kind = CommitHeaderLines.Kind.other
        while let line = lines.next() {
            guard !line.contains(0) else { throw .malformed }
            let isContinuation = line.first == UInt8(ascii: " ")
            if !isContinuation { kind = CommitHeaderLines.Kind(line) }
            switch kind {
            case .signature, .otherSignature:
                guard sawCommitter else { throw .misplaced }
                sawSignature = true
            case .fixed:
                guard !sawSignature else { throw .misplaced }
                sawCommitter = sawCommitter || line.starts(with: "committer ".utf8)
                payload += line
            case .other:
                payload += line
            }
            guard kind == .signature else { continue }
            guard isContinuation || signature == nil else { throw .several }
            let text = line.dropFirst(isContinuation ? 1 : CommitHeaderLines.signatureName.utf8.count)
            signature = (signature ?? []) + text
        }
        self.signature = signature
        self.payload = payload + lines.message
    }

    /// The commit object that `payload` becomes when it is signed: the signature is the last header, where git has it.
    ///
    /// - Parameter payload: a commit object without a signature. `nil` where it has one, or is none.
    package static func object(_ payload: [UInt8], signature: String) -> [UInt8]? {
        var lines = CommitHeaderLines(payload)
        while lines.next() != nil {}
        let header = signature.split(separator: "\n").joined(separator: "\n ")
        let object = Array(payload[..<lines.position]) + Array("gpgsig \(header)\n".utf8) + lines.message
        guard let signed = try? SignedCommit(object), signed.payload == payload, signed.signature != nil else {
            return nil
        }
        return object
    }
}

/// The lines of a commit's headers, with their line breaks. They end at the first empty one.
struct CommitHeaderLines {
    private let object: [UInt8]
    private(set) var position = 0

    enum Kind: Hashable {
        case signature
        /// Any other header whose name begins as a signature's: git leaves them out of what is signed.
        case otherSignature
        /// One of those that every commit begins with.
        case fixed
        case other

        init(_ line: ArraySlice<UInt8>) {
            if line.starts(with: signatureName.utf8) {
                self = .signature
            } else if line.starts(with: "gpgsig".utf8) {
                self = .otherSignature
            } else {
                self = fixedNames.contains { line.starts(with: $0.utf8) } ? .fixed : .other
            }
        }
    }

    static let signatureName = "gpgsig "
    private static let fixedNames = ["tree ", "parent ", "author ", "committer "]

    init(_ object: [UInt8]) {
        self.object = object
    }

    /// The next header line; `nil` at their end.
    mutating func next() -> ArraySlice<UInt8>? {
        guard position < object.count, object[position] != Self.newline else { return nil }
        let end = object[position...].firstIndex(of: Self.newline).map { $0 + 1 } ?? object.count
        defer { position = end }
        return object[position..<end]
    }

    /// What is left: the empty line and the message.
    var message: ArraySlice<UInt8> { object[position...] }

    private static let newline = UInt8(ascii: "\n")
}

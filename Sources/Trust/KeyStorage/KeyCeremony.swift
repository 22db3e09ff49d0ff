package import FoundationEssentials
internal import Glibc
internal import Sodium
package import WireFormat

/// What `cvlan key` does in a controller's directory: new keys beside the old ones, a root document that names them, and
/// both in force at once.
package struct KeyCeremony: Sendable {
    private let directory: String
    private let files: RootFiles
    /// From version 1 to the one in force.
    package let roots: [TrustedRoot]

    package var root: TrustedRoot { roots[roots.count - 1] }

    /// What can be rotated.
    package enum Subject: Hashable, Sendable, CaseIterable {
        case signing(RootDocument.Role)
        /// The X25519 key that enrolment proofs are made against.
        case proof
        /// The certificate authority.
        case authority
    }

    package init(directory: String) throws {
        self.directory = directory
        files = RootFiles(of: directory)
        roots = try files.read()
    }

    package func file(of role: RootDocument.Role) -> KeyFile { KeyFile("\(directory)/\(role.keyFile)") }

    package func stageProofKey(in document: inout RootDocument) throws {
        let key = X25519.PrivateKey()
        try proofKey.next.write(key)
        document.enrollmentKey = key.publicKey
    }

    /// - Parameter keepingOld: what the old CA issued stays valid until another root leaves it out.
    package func stageAuthority(
        in document: inout RootDocument, keepingOld: Bool, now: Date, using generator: inout some RandomNumberGenerator
    ) throws {
        let authority = try CertificateAuthority.make(
            trustDomain: document.trustDomain, lifetime: ControllerKeys.Lifetimes().authority, now: now,
            using: &generator)
        try authorityKey.next.write(authority.key)
        try DurableFile.write(
            Array(CertificateChain([authority.certificate]).pem.utf8),
            to: ControllerKeys.authorityFile(of: directory) + ".next")
        document.certificateAuthorities = [authority.certificate] + (keepingOld ? document.certificateAuthorities : [])
    }

    /// Puts the next root into force, and the keys that it names in place of those that it does not.
    package func publish(_ envelope: WireEnvelope) throws -> TrustedRoot {
        let next = try root.updated(with: envelope)
        guard next != root else {
            throw RootError(.wrongVersion, "version \(next.document.version) is in force already")
        }
        try files.write(next)
        try promote()
        return next
    }

    /// Renames what `FILE.next` is there. Until then `ControllerKeys.load` takes either, as the root in force says.
    private func promote() throws {
        let authority = KeyFile(ControllerKeys.authorityFile(of: directory))
        for file in RootDocument.Role.allCases.map(file) + [proofKey, authorityKey, authority] where file.next.exists {
            guard rename(file.next.path, file.path) == 0 else {
                throw KeyFileError(errno: errno, file.path, "cannot put the new key into place")
            }
        }
        try DurableFile.flushDirectory(of: authorityKey.path)
        try DurableFile.flushDirectory(of: authority.path)
    }

    private var proofKey: KeyFile { KeyFile("\(ControllerKeys.keyDirectory(of: directory))/enrollment.key") }
    private var authorityKey: KeyFile { KeyFile("\(ControllerKeys.keyDirectory(of: directory))/ca.key") }
}

extension KeyCeremony.Subject: CustomStringConvertible, LosslessStringConvertible {
    package static var allCases: [Self] { RootDocument.Role.allCases.map(Self.signing) + [.proof, .authority] }

    package init?(_ description: String) {
        guard let subject = Self.allCases.first(where: { "\($0)" == description }) else { return nil }
        self = subject
    }

    package var description: String {
        switch self {
        case .signing(let role): "\(role)"
        case .proof: "proof"
        case .authority: "ca"
        }
    }
}

package import FoundationEssentials
internal import Glibc
package import Sodium
package import WireFormat

/// What `cvlan key` does in a controller's directory: new keys beside the old ones, a root document that names them, and
/// both in force at once.
package struct KeyCeremony: Sendable {
    let directory: String
    private let files: RootFiles
    /// From version 1 to the one in force.
    package let roots: [TrustedRoot]
    /// None where nothing is to be changed.
    private let lock: DirectoryLock?

    package var root: TrustedRoot { roots[roots.count - 1] }

    /// What can be rotated.
    package enum Subject: Hashable, Sendable, CaseIterable {
        case signing(RootDocument.Role)
        /// The X25519 key that enrolment proofs are made against.
        case proof
        /// The certificate authority.
        case authority
    }

    /// To look only.
    package init(reading directory: String) throws {
        try self.init(directory, lock: nil)
    }

    private init(_ directory: String, lock: DirectoryLock?) throws {
        self.directory = directory
        self.lock = lock
        files = RootFiles(of: directory)
        roots = try files.read()
    }

    /// The only one in this directory while it lasts. Finishes first what a publication left undone that was stopped.
    package init(directory: String) throws {
        try self.init(directory, lock: DirectoryLock(directory))
        try promote(root.document)
    }

    package func file(of role: RootDocument.Role) -> KeyFile { KeyFile("\(directory)/\(role.keyFile)") }

    /// Where the root keys are of which a document says that they sign, and which were made here for it.
    package func waitingRootKeys(of document: RootDocument) -> [KeyFile] {
        document.publicKeys(for: .root).map { file(of: .root).waiting(KeyID(of: $0)) }.filter(\.exists)
    }

    /// Puts a new key beside the one in force. Nothing else that waits is touched: it may be of a root still to be signed.
    /// - Parameter make: writes the key to the file, or throws and leaves none.
    package func stage(
        _ role: RootDocument.Role, _ make: (KeyFile) throws -> Ed25519.PublicKey
    ) throws -> Ed25519.PublicKey {
        let file = file(of: role)
        let scratch = KeyFile(file.path + ".new")
        let key = try make(scratch)
        try scratch.move(to: file.waiting(KeyID(of: key)))
        return key
    }

    package func stageProofKey(in document: inout RootDocument) throws {
        let key = X25519.PrivateKey()
        try proofKey.waiting(KeyID(of: key.publicKey)).write(key)
        document.enrollmentKey = key.publicKey
    }

    /// - Parameter keepingOld: what the old CA issued stays valid until another root leaves it out.
    package func stageAuthority(
        in document: inout RootDocument, keepingOld: Bool, now: Date, using generator: inout some RandomNumberGenerator
    ) throws {
        let authority = try CertificateAuthority.make(
            trustDomain: document.trustDomain, lifetime: ControllerKeys.Lifetimes().authority, now: now,
            using: &generator)
        let id = KeyID(ofCertificate: authority.certificate)
        try authorityKey.waiting(id).write(authority.key)
        try DurableFile.write(
            Array(CertificateChain([authority.certificate]).pem.utf8), to: authorityCertificate.waiting(id).path)
        document.certificateAuthorities = [authority.certificate] + (keepingOld ? document.certificateAuthorities : [])
    }

    /// Puts the next root into force, and the keys that it names in place of those that it does not.
    package func publish(_ envelope: WireEnvelope) throws -> TrustedRoot {
        let next = try root.updated(with: envelope)
        guard next != root else {
            throw RootError(.wrongVersion, "version \(next.document.version) is in force already")
        }
        try files.write(next)
        try promote(next.document)
        return next
    }

    /// Puts what a root in force names in the place of what it does not. Until then `ControllerKeys.load` takes it from where
    /// it waits.
    private func promote(_ document: RootDocument) throws {
        var named: [(file: KeyFile, id: KeyID)] = [(proofKey, KeyID(of: document.enrollmentKey))]
        for role in RootDocument.Role.allCases {
            let keys = document.publicKeys(for: role)
            // Of several each stays where it is: the file in whose place it would come may hold another of them.
            if keys.count == 1 { named.append((file(of: role), KeyID(of: keys[0]))) }
        }
        if let certificate = document.certificateAuthorities.first {
            let id = KeyID(ofCertificate: certificate)
            named += [(authorityKey, id), (authorityCertificate, id)]
        }
        for (file, id) in named where file.waiting(id).exists { try file.waiting(id).move(to: file) }
    }

    private var proofKey: KeyFile { KeyFile("\(ControllerKeys.keyDirectory(of: directory))/enrollment.key") }
    private var authorityKey: KeyFile { KeyFile("\(ControllerKeys.keyDirectory(of: directory))/ca.key") }
    private var authorityCertificate: KeyFile { KeyFile(ControllerKeys.authorityFile(of: directory)) }
}

extension KeyFile {
    fileprivate func move(to file: KeyFile) throws(KeyFileError) {
        guard rename(path, file.path) == 0 else {
            throw KeyFileError(errno: errno, file.path, "cannot put the new key into place")
        }
        try DurableFile.flushDirectory(of: file.path)
    }
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

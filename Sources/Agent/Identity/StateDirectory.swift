internal import Foundation
internal import Glibc
package import Sodium
package import Trust

/// Where an agent keeps what it must not lose.
///
///     DIR/                       0700
///         node.json              who this node is and whom it belongs to
///         certificate.pem        its certificate chain
///         agent.sqlite           the last good configuration and the root document
///         lock                   held while the agent runs
///         keys/wireguard.key     X25519, base64: made here, never leaves
///         keys/tls.key           P-256, PEM: made here, never leaves
package struct StateDirectory: Sendable {
    package struct Keys: Sendable {
        package let wireGuard: X25519.PrivateKey
        package let tls: CertificateKey
    }

    private let path: String

    /// Makes the folder if it is not there.
    package init(path: String) throws {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        try DurableFile.makePrivateDirectory(self.path)
        try DurableFile.makePrivateDirectory(self.path + "/keys")
    }

    package var database: String { path + "/agent.sqlite" }
    private var identityFile: String { path + "/node.json" }
    private var certificateFile: String { path + "/certificate.pem" }
    private var wireGuardKey: KeyFile { KeyFile(path + "/keys/wireguard.key") }
    private var tlsKey: KeyFile { KeyFile(path + "/keys/tls.key") }

    /// Keeps a second agent from the same folder until this process ends.
    package func lock() throws {
        let file = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else {
            throw StateDirectoryError("another agent runs with the state folder \(path)")
        }
        // The descriptor stays open, and so the lock held, for the life of the process.
    }

    // MARK: Keys

    package func loadOrMakeKeys() throws -> Keys {
        if !wireGuardKey.exists { try wireGuardKey.write(X25519.PrivateKey()) }
        if !tlsKey.exists { try tlsKey.write(CertificateKey()) }
        return try loadKeys()
    }

    package func loadKeys() throws -> Keys {
        Keys(wireGuard: try wireGuardKey.readX25519(), tls: try tlsKey.readCertificateKey())
    }

    // MARK: Identity

    package var isEnrolled: Bool { access(identityFile, F_OK) == 0 }

    package func loadIdentity() throws -> AgentIdentity {
        guard isEnrolled else {
            throw StateDirectoryError(
                "this machine is not enrolled (no \(identityFile)); run the `enroll` command first")
        }
        do {
            return try JSONDecoder().decode(AgentIdentity.self, from: Data(try DurableFile.read(identityFile)))
        } catch let error as DecodingError {
            throw StateDirectoryError("\(identityFile) is damaged: \(error)")
        }
    }

    package func save(_ identity: AgentIdentity) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try DurableFile.write(try encoder.encode(identity) + Data("\n".utf8), to: identityFile, mode: 0o600)
    }

    // MARK: Certificate

    package func loadCertificates() throws -> CertificateChain {
        try CertificateChain(pem: try DurableFile.read(certificateFile))
    }

    package func save(_ certificates: CertificateChain) throws {
        try DurableFile.write(Array(certificates.pem.utf8), to: certificateFile, mode: 0o600)
    }

    // MARK: Root

    /// The root that the store has; it follows from the one that the operator vouched for, as only such are stored.
    package func trustedRoot(store: AgentStore) throws -> TrustedRoot {
        guard let envelope = try store.root() else {
            throw StateDirectoryError("\(database) holds no root document; enrol again")
        }
        return try TrustedRoot(envelope, pinnedBy: RootPin(ofPayload: envelope.payload))
    }
}

package struct StateDirectoryError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

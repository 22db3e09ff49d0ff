internal import SSHSignatures
package import Sodium

/// Signs what the controller commits, as git does it with an SSH key. The same commit always gets the same signature, so
/// replicas with the same key make the same commits.
package struct CommitSigner: Sendable {
    private let key: SSHSigningKey

    package init(_ key: any Ed25519.SigningKey) {
        self.key = SSHSigningKey(key)
    }

    /// The text of the signature's header.
    package func sign(_ payload: [UInt8]) throws -> String {
        try SSHSignature(payload, by: key).armored
    }
}

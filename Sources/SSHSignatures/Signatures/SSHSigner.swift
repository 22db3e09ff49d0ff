/// Somebody who can sign with an SSH key: a key in a file, or one behind an agent.
package protocol SSHSigner {
    var key: SSHKey { get }

    /// The signature of `data` in the form of RFC 4253 §6.6: the algorithm's name, then what it makes.
    func sign(_ data: [UInt8]) throws -> [UInt8]
}

extension SSHSignature {
    /// Signs `message` so that `ssh-keygen -Y verify` and git take it.
    package init(
        _ message: [UInt8], for namespace: String = gitNamespace, hash: SSHSignatureHash = .sha512,
        by signer: some SSHSigner
    ) throws {
        let inner = try signer.sign(hash.signedData(of: message, namespace: namespace))
        try self.init(keyBlob: signer.key.blob, namespace: namespace, hash: hash, inner: inner)
    }
}

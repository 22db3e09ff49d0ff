internal import OpenSSL

/// How a message is hashed before it is signed.
package enum SSHSignatureHash: String, Sendable, Hashable, CaseIterable {
    case sha256, sha512

    func digest(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: DigestAlgorithm.sha256.digest(message)
        case .sha512: DigestAlgorithm.sha512.digest(message)
        }
    }

    /// What the key signs: PROTOCOL.sshsig §3.
    func signedData(of message: [UInt8], namespace: String) -> [UInt8] {
        var writer = SSHWriter(SSHSignature.magic)
        writer.put(text: namespace)
        writer.put(text: "")
        writer.put(text: rawValue)
        writer.put(string: digest(message))
        return writer.bytes
    }
}

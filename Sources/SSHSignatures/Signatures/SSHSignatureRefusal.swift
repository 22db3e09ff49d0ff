/// Why a signature was not taken, or does not hold.
package enum SSHSignatureRefusal: Error, Hashable, Sendable {
    /// Not text between `BEGIN SSH SIGNATURE` and `END SSH SIGNATURE`, whole and alone.
    case badArmor
    case tooLarge
    /// Not the bytes of one signature and nothing else.
    case malformed
    case unsupportedVersion(UInt32)
    /// Of the message: only SHA-256 and SHA-512 are taken.
    case unsupportedHash(String)
    case key(SSHKeyRefusal)
    /// Made with SHA-1.
    case sha1
    /// An algorithm that is not one of the key's.
    case wrongAlgorithm(String)
    /// Made for something else: a file, an e-mail.
    case wrongNamespace(String)
    /// By another key than the one to check with.
    case wrongKey
    /// Of other bytes, or by nobody who has the key.
    case wrongSignature
    /// An authenticator made it without anybody there to touch it.
    case nobodyPresent
}

extension SSHSignatureRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badArmor: "not an SSH signature"
        case .tooLarge: "too large for an SSH signature"
        case .malformed: "a damaged SSH signature"
        case .unsupportedVersion(let version): "an SSH signature of version \(version): 1 is taken"
        case .unsupportedHash(let name): "the signature hashes with `\(name)`: `sha256` and `sha512` are taken"
        case .key(let refusal): "the signature's key: \(refusal)"
        case .sha1: "the signature is made with SHA-1"
        case .wrongAlgorithm(let name): "a signature of the kind `\(name)` is none of its key's"
        case .wrongNamespace(let name): "the signature was made for `\(name)`"
        case .wrongKey: "the signature is another key's"
        case .wrongSignature: "the signature is not one of this content"
        case .nobodyPresent: "the security key signed without being touched"
        }
    }
}

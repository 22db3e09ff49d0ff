internal import OpenSSL

/// Which signatures a profile makes and takes.
package struct SignaturePolicy: Hashable, Sendable {
    package let profile: Profile

    package init(_ profile: Profile) {
        self.profile = profile
    }

    /// What goes into SIGNATURE_HASH_ALGORITHMS (RFC 7427 §4), the best first.
    package var hashes: [HashAlgorithm] {
        switch profile {
        case .cnsa: [.sha384]
        case .modern, .compatible: [.sha256, .sha384, .sha512]
        }
    }

    /// RFC 9206 §5: P-384, or RSA of 3,072 bits and more.
    func permits(_ kind: KeyKind) -> Bool {
        guard profile == .cnsa else { return true }
        switch kind {
        case .rsa(let bits): return bits >= 3072
        case .p384: return true
        case .p256, .p521: return false
        }
    }

    /// Whether method 1 is used, which says nothing of the hash, so that old implementations take SHA-1 (RFC 7296 §2.15).
    var permitsPlainRSA: Bool { profile == .compatible }

    /// What we sign with by method 14 for a peer with these hashes; `nil` where there is none in common.
    func scheme(for kind: KeyKind, peerHashes: Set<HashAlgorithm>) -> SignatureScheme? {
        let common = hashes.filter(peerHashes.contains).compactMap(DigestAlgorithm.init)
        switch kind {
        // A hash as strong as the curve, where the peer has it.
        case .p256: return common.first.map(SignatureScheme.ecdsa)
        case .p384: return (common.first { $0 == .sha384 } ?? common.first).map(SignatureScheme.ecdsa)
        case .p521: return (common.first { $0 == .sha512 } ?? common.first).map(SignatureScheme.ecdsa)
        // RFC 7427 does not say what padding a peer can do. RFC 8247 §3.2 wants PSS; what is older has PKCS #1 v1.5 alone.
        case .rsa: return common.first.map { profile == .compatible ? .rsaPKCS1($0) : .rsaPSS($0) }
        }
    }
}

extension DigestAlgorithm {
    /// `nil` for what is no hash of ours.
    init?(_ hash: HashAlgorithm) {
        switch hash {
        case .sha1: self = .sha1
        case .sha256: self = .sha256
        case .sha384: self = .sha384
        case .sha512: self = .sha512
        default: return nil
        }
    }
}

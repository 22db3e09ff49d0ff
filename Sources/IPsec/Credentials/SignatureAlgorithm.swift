internal import OpenSSL

/// The AlgorithmIdentifiers that digital signatures begin with (RFC 7427 §3, appendix A).
///
/// Peers' are not parsed: they are compared with every encoding that a scheme may have, for some leave out the NULL parameters of
/// hashes.
enum SignatureAlgorithm {
    /// As we write it.
    static func identifier(of scheme: SignatureScheme) -> [UInt8] {
        identifier(of: scheme, hashHasNull: true, maskHasNull: true)
    }

    /// `nil` for one that is none of these with SHA-2.
    static func scheme(of identifier: ArraySlice<UInt8>) -> SignatureScheme? {
        schemes.first { $0.encodings.contains(Array(identifier)) }?.scheme
    }

    private static let schemes: [(scheme: SignatureScheme, encodings: Set<[UInt8]>)] = {
        let hashes: [DigestAlgorithm] = [.sha256, .sha384, .sha512]
        let schemes = hashes.flatMap { [SignatureScheme.ecdsa($0), .rsaPKCS1($0), .rsaPSS($0)] }
        return schemes.map { scheme in
            let encodings = [(true, true), (true, false), (false, true), (false, false)].map { hash, mask in
                identifier(of: scheme, hashHasNull: hash, maskHasNull: mask)
            }
            return (scheme, Set(encodings))
        }
    }()

    private static func identifier(
        of scheme: SignatureScheme, hashHasNull: Bool, maskHasNull: Bool
    ) -> [UInt8] {
        switch scheme {
        case .ecdsa(let hash):
            // ecdsa-with-SHA2 (RFC 5758 §3.2), without parameters.
            return sequence(object([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, numbers(of: hash).ecdsa]))
        case .rsaPKCS1(let hash):
            return sequence(object(pkcs1 + [numbers(of: hash).rsa]) + (hashHasNull ? null : []))
        case .rsaPSS(let hash):
            // RSASSA-PSS-params (RFC 4055 §3.1): hash, mask generation by MGF1 with a hash, salt's length.
            let algorithm = object([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, numbers(of: hash).hash])
            let mask = sequence(object(pkcs1 + [8]) + sequence(algorithm + (maskHasNull ? null : [])))
            let parameters =
                tagged(0xA0, sequence(algorithm + (hashHasNull ? null : []))) + tagged(0xA1, mask)
                + tagged(0xA2, tagged(0x02, [UInt8(hash.byteCount)]))
            return sequence(object(pkcs1 + [10]) + sequence(parameters))
        }
    }

    /// 1.2.840.113549.1.1
    private static let pkcs1: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01]
    private static let null: [UInt8] = [0x05, 0x00]

    private static func object(_ content: [UInt8]) -> [UInt8] { tagged(0x06, content) }
    private static func sequence(_ content: [UInt8]) -> [UInt8] { tagged(0x30, content) }

    /// DER; everything here is shorter than 128 bytes.
    private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }
}

extension SignatureAlgorithm {
    /// The last number of the hash's own object identifier, of ecdsa-with-SHA2's, and of sha2WithRSAEncryption's.
    private struct Numbers {
        let hash: UInt8
        let ecdsa: UInt8
        let rsa: UInt8
    }

    private static func numbers(of hash: DigestAlgorithm) -> Numbers {
        switch hash {
        case .sha256: Numbers(hash: 1, ecdsa: 2, rsa: 11)
        case .sha384: Numbers(hash: 2, ecdsa: 3, rsa: 12)
        case .sha512: Numbers(hash: 3, ecdsa: 4, rsa: 13)
        case .sha1: preconditionFailure("digital signatures have no SHA-1")
        }
    }
}

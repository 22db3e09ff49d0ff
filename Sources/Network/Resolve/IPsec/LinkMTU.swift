package import Manifests

/// What fits into one packet of an underlay with an MTU of 1,500 bytes, over IPv6.
package enum LinkMTU {
    package static let underlay = 1500
    /// IPv6 and UDP.
    private static let carrier = 40 + 8

    /// WireGuard: 16 bytes of header, 16 of tag.
    package static let wireGuard = underlay - carrier - 32

    /// ESP in UDP (RFC 3948, RFC 4303): SPI and sequence number, an IV, padding with its length and next header, an ICV.
    ///
    /// AES-GCM and ChaCha20-Poly1305 have 8 bytes of IV, 16 of ICV, and fill up to 4 bytes; AES-CBC with HMAC-SHA2-512 has
    /// 16 of IV, 32 of ICV, and fills up to 16.
    package static func ipsec(_ profile: IPsecProfile) -> Int {
        switch profile {
        case .modern, .cnsa: payload(iv: 8, icv: 16, block: 4)
        case .compatible: payload(iv: 16, icv: 32, block: 16)
        }
    }

    private static func payload(iv: Int, icv: Int, block: Int) -> Int {
        let room = underlay - carrier - 8 - iv - icv
        return room / block * block - 2
    }
}

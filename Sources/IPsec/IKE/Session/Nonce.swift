/// A nonce (RFC 7296 §2.10). Of two, that is lower which is first in lexical order, octet by octet; the shorter where one begins
/// the other (§2.8.1).
struct Nonce: Hashable, Comparable {
    /// Ours: as long as the longest PRF's half key wants.
    static let count = 32
    /// Of a peer's (RFC 7296 §3.9).
    static let acceptableCounts = 16...256

    let bytes: [UInt8]

    static func < (a: Nonce, b: Nonce) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}

/// How packets of an SA are laid out (RFC 4303 §2), as its suite wants it:
///
///     SPI 4 │ sequence number 4 │ vector │ packet │ padding 1, 2, 3… │ pad length 1 │ next header 1 │ check value
///     └── headerCount ─────────────────┘ └── encrypted, a multiple of blockCount ────────────────┘ └ checkCount ┘
package struct ESPFormat: Hashable, Sendable {
    /// Bytes that any suite's header and vector take at most.
    package static let maximumHeadroom = 8 + 16
    /// Bytes that padding, trailer and check value of any suite take at most.
    package static let maximumTailroom = trailerCount + 15 + 32

    static let trailerCount = 2
    /// Of SPI and sequence number.
    static let fixedCount = 8

    package let headerCount: Int
    package let checkCount: Int
    let blockCount: Int

    package init(_ suite: ESPSuite) {
        headerCount = Self.fixedCount + suite.encryption.vectorCount
        checkCount = suite.integrity?.checkCount ?? suite.encryption.tagCount
        // Trailer and ciphertext end at a multiple of four bytes (RFC 4303 §2.4).
        blockCount = max(4, suite.encryption.blockCount)
    }

    /// Bytes to encrypt for a packet of so many: with padding and trailer.
    @inline(__always)
    func paddedCount(_ count: Int) -> Int {
        (count + Self.trailerCount + blockCount - 1) & ~(blockCount - 1)
    }

    /// Bytes of the UDP datagram's content that a packet of so many makes.
    package func datagramCount(_ count: Int) -> Int { headerCount + paddedCount(count) + checkCount }

    /// The longest packet whose datagram has no more than so many bytes.
    package func longestPacket(in datagramCount: Int) -> Int {
        max(0, (datagramCount - headerCount - checkCount) & ~(blockCount - 1)) - Self.trailerCount
    }
}

/// What the next-header field of a trailer says in tunnel mode (RFC 4303 §2.6).
enum ESPNextHeader {
    static let ipv4: UInt8 = 4
    static let ipv6: UInt8 = 41
    /// A packet that there is only to be seen on the way.
    static let dummy: UInt8 = 59
}

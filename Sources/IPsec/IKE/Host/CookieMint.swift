internal import Addressing
internal import OpenSSL
internal import Tunneling

/// Makes and checks the cookies by which an initiator proves its address (RFC 7296 §2.6), and keeps nothing for it:
///
///     version of the secret 1 │ HMAC(secret, address │ port │ initiator's SPI │ nonce) 32
struct CookieMint {
    /// A cookie is good for one to two times this long.
    private static let lifetime = Instant.Span.seconds(60)

    private var current: SecretBytes?
    private var previous: SecretBytes?
    private var version: UInt8 = 0
    private var since = Instant(nanoseconds: 0)

    mutating func cookie(
        _ nonce: [UInt8], _ spi: UInt64, from source: Endpoint, now: Instant, _ environment: Environment
    )
        -> [UInt8]
    {
        refresh(now, environment)
        guard let current else { return [] }
        return [version] + Self.code(current, nonce, spi, source)
    }

    mutating func isValid(
        _ cookie: [UInt8], _ nonce: [UInt8], _ spi: UInt64, from source: Endpoint, now: Instant,
        _ environment: Environment
    ) -> Bool {
        refresh(now, environment)
        guard let first = cookie.first else { return false }
        let secret = first == version ? current : first == version &- 1 ? previous : nil
        guard let secret else { return false }
        let code = Self.code(secret, nonce, spi, source)
        return cookie.dropFirst().withContiguousStorageIfAvailable { given in
            code.withUnsafeBytes { constantTimeEquals($0, UnsafeRawBufferPointer(given)) }
        } ?? false
    }

    private mutating func refresh(_ now: Instant, _ environment: Environment) {
        if current != nil, now - since < Self.lifetime { return }
        // After a long pause the last secret is too old as well.
        previous = now - since < .seconds(120) ? current : nil
        current = SecretBytes(count: 32) { environment.random($0) }
        version &+= 1
        since = now
    }

    private static func code(_ secret: SecretBytes, _ nonce: [UInt8], _ spi: UInt64, _ source: Endpoint) -> [UInt8] {
        let port = [UInt8(source.port >> 8), UInt8(truncatingIfNeeded: source.port)]
        let spi = withUnsafeBytes(of: spi.bigEndian) { Array($0) }
        return HMAC(.sha256, key: secret).code(for: source.address.bytes, port, spi, nonce)
    }
}

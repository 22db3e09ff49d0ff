/// ChaCha20-Poly1305 (RFC 8439) under one key in one direction, its context made once. The nonce is a 64-bit counter, little
/// endian, after four zero bytes, as Noise has it.
///
/// One thread at a time: the context changes with every message.
package final class ChaCha20Poly1305 {
    package typealias Direction = AEADContext.Direction

    package static let tagCount = AEADContext.tagCount

    private let context: AEADContext

    package init(_ direction: Direction, key: SecretKey) {
        context = AEADContext(.chaCha20Poly1305, direction)
        key.withUnsafeBytes { key in
            if let key = key.baseAddress { context.setKey(key) }
        }
    }

    /// Encrypts `count` bytes where they lie and writes the tag into the 16 bytes after them. No counter may come twice.
    package func seal(
        _ text: UnsafeMutableRawPointer, count: Int, counter: UInt64,
        authenticating header: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        withNonce(counter) { context.seal(text, to: text, count: count, nonce: $0, authenticating: header) }
    }

    /// Decrypts in place. `count` includes the tag, which comes last. When it returns `false`, the bytes are worthless.
    package func open(
        _ text: UnsafeMutableRawPointer, count: Int, counter: UInt64,
        authenticating header: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Bool {
        let length = count - Self.tagCount
        guard length >= 0 else { return false }
        return withNonce(counter) { context.open(text, to: text, count: length, nonce: $0, authenticating: header) }
    }

    @inline(__always)
    private func withNonce<Result>(_ counter: UInt64, _ body: (UnsafeRawPointer) -> Result) -> Result {
        var nonce: (UInt64, UInt64) = (0, counter.littleEndian)
        return withUnsafePointer(to: &nonce) { body(UnsafeRawPointer($0) + 4) }
    }
}

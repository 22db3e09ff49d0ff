internal import CSodium

/// libsodium itself: every entry point that draws randomness or picks an implementation by CPU goes through here first.
package enum Sodium {
    /// Starts libsodium once. It fails only where the system has no source of randomness, and then nothing here may go on.
    package static let start: Void = {
        precondition(sodium_init() >= 0, "libsodium could not start: no source of randomness")
    }()

    /// Bytes from the system's generator.
    package static func randomBytes(count: Int) -> [UInt8] {
        start
        return [UInt8](count: count) { randombytes_buf($0, count) }
    }

    /// Overwrites what a secret was in; the compiler does not take it away.
    package static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        if let base = bytes.baseAddress { sodium_memzero(base, bytes.count) }
    }

    /// Whether two byte strings are equal, in a time that depends on their lengths alone.
    package static func constantTimeEquals(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        withBytes(of: a) { a, aCount in
            withBytes(of: b) { b, bCount in aCount == bCount && sodium_memcmp(a, b, aCount) == 0 }
        }
    }
}

/// Calls `body` with the bytes where they lie, or with a copy where the collection is not contiguous. The address is
/// valid, though no byte may be read, when there are none.
func withBytes<Result>(
    of bytes: some Collection<UInt8>, _ body: (UnsafePointer<UInt8>, Int) throws -> Result
) rethrows -> Result {
    func call(_ buffer: UnsafeBufferPointer<UInt8>) throws -> Result {
        guard let base = buffer.baseAddress else { return try withUnsafePointer(to: UInt8(0)) { try body($0, 0) } }
        return try body(base, buffer.count)
    }
    if let result = try bytes.withContiguousStorageIfAvailable(call) { return result }
    return try Array(bytes).withUnsafeBufferPointer(call)
}

extension Array<UInt8> {
    /// `count` bytes that C code writes, all of them; it is not called for none.
    init(count: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
            if count > 0, let base = buffer.baseAddress { fill(base) }
            initialized = count
        }
    }
}

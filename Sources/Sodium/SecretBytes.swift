internal import CSodium

/// Key material: wiped when the last reference goes, never shown in a description, a mirror or a log.
///
/// Shared by reference, so that no copy escapes the wiping. Comparing takes constant time.
package final class SecretBytes: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: the bytes are written in `init` and in `deinit` alone.
    private let memory: UnsafeMutableRawBufferPointer

    package var count: Int { memory.count }

    /// Fills `count` zero bytes by `fill`.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        Sodium.start
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        self.memory = memory
        try fill(memory)
    }

    /// Copies bytes that the caller holds; the caller's own copy is the caller's to wipe.
    package convenience init(copying bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    package static func random(count: Int) -> SecretBytes {
        SecretBytes(count: count, cFill: { randombytes_buf($0, count) })
    }

    /// The bytes must not outlive `body`.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(memory))
    }

    deinit {
        Sodium.wipe(memory)
        memory.deallocate()
    }
}

extension SecretBytes: Equatable {
    package static func == (a: SecretBytes, b: SecretBytes) -> Bool {
        a.withUnsafeBytes { a in b.withUnsafeBytes { Sodium.constantTimeEquals(a, $0) } }
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(\(count) secret bytes)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretBytes {
    /// For C code that writes all `count` bytes; it is not called for none.
    convenience init(count: Int, cFill: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.init(count: count) { out in
            if let base = out.bindMemory(to: UInt8.self).baseAddress { cFill(base) }
        }
    }

    func withBytePointer<Result>(_ body: (UnsafePointer<UInt8>) throws -> Result) rethrows -> Result {
        try withUnsafeBytes { raw in try withBytes(of: raw) { bytes, _ in try body(bytes) } }
    }
}

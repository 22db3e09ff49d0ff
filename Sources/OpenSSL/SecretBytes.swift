/// Key material of any length: wiped when the last reference goes, never shown in a description, a mirror or a log.
///
/// Shared by reference, so that no copy escapes the wiping. Comparing takes a time that depends on the lengths alone.
package final class SecretBytes: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: the bytes are written in `init` and in `deinit` alone.
    private let memory: UnsafeMutableRawBufferPointer

    package var count: Int { memory.count }
    package var isEmpty: Bool { memory.isEmpty }

    /// `fill` gets `count` zero bytes to write into.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
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
        SecretBytes(count: count) { SecureRandom.fill($0) }
    }

    /// The bytes must not outlive `body`.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(memory))
    }

    /// A copy of some of the bytes; `range` lies within `0..<count`.
    package func slice(_ range: Range<Int>) -> SecretBytes {
        SecretBytes(count: range.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[range])) }
    }

    deinit {
        wipe(memory)
        memory.deallocate()
    }
}

extension SecretBytes: Equatable {
    package static func == (a: SecretBytes, b: SecretBytes) -> Bool {
        constantTimeEquals(UnsafeRawBufferPointer(a.memory), UnsafeRawBufferPointer(b.memory))
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(\(count) secret bytes)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

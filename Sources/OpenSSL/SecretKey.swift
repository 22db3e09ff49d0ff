/// 32 bytes of key material: wiped when the last reference goes, never shown in a description, a mirror or a log.
///
/// Shared by reference, so that no copy escapes the wiping. Comparing takes constant time.
package final class SecretKey: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: the bytes are written in `init` and in `deinit` alone.
    private let memory: UnsafeMutableRawBufferPointer

    package static let byteCount = 32

    /// `fill` gets 32 zero bytes to write the key into.
    package init(fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.byteCount, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        self.memory = memory
        try fill(memory)
    }

    /// Copies 32 bytes that the caller holds (and wipes); `nil` for any other count.
    package convenience init?(copying bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init { $0.copyBytes(from: bytes) }
    }

    /// From the system's generator.
    package static func random() -> SecretKey {
        SecretKey { SecureRandom.fill($0) }
    }

    package static let zero = SecretKey { _ in }

    /// The bytes must not outlive `body`.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(memory))
    }

    /// Whether every byte is zero: how `wg` spells "no key".
    package var isZero: Bool { self == Self.zero }

    deinit {
        wipe(memory)
        memory.deallocate()
    }
}

extension SecretKey: Equatable {
    package static func == (a: SecretKey, b: SecretKey) -> Bool {
        constantTimeEquals(UnsafeRawBufferPointer(a.memory), UnsafeRawBufferPointer(b.memory))
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret key)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An interface's name in the fixed room that the kernel's calls have for it: up to 15 bytes and a zero.
struct InterfaceName: CustomStringConvertible {
    private var storage: [CChar]

    /// Longer names are cut; callers check first.
    init(_ name: String) {
        storage = Array(name.utf8.prefix(15).map { CChar(bitPattern: $0) })
        storage += repeatElement(0, count: 16 - storage.count)
    }

    mutating func withBytes<R>(_ body: (UnsafeMutablePointer<CChar>) -> R) -> R {
        var result: R?
        storage.withUnsafeMutableBufferPointer { bytes in
            if let base = bytes.baseAddress { result = body(base) }
        }
        guard let result else { preconditionFailure("the storage is never empty") }
        return result
    }

    var description: String {
        String(decoding: storage.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

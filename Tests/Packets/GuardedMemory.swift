internal import Glibc

/// Memory between two pages that no one may touch.
package final class GuardedMemory {
    private let mapping: UnsafeMutableRawPointer
    private static let room = 1 << 17
    private static let page = 4096

    package init() {
        let count = Self.room + 2 * Self.page
        guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { preconditionFailure("no memory") }
        mapping = memory
        mprotect(mapping, Self.page, PROT_NONE)
        mprotect(mapping + Self.page + Self.room, Self.page, PROT_NONE)
    }

    deinit { munmap(mapping, Self.room + 2 * Self.page) }

    /// Memory that ends (or begins) where the guard is.
    package func place(_ count: Int, atEnd: Bool = true) -> UnsafeMutableRawBufferPointer {
        precondition(count <= Self.room)
        let start = mapping + Self.page + (atEnd ? Self.room - count : 0)
        return UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    package func place(_ bytes: [UInt8], atEnd: Bool = true) -> UnsafeMutableRawBufferPointer {
        let memory = place(bytes.count, atEnd: atEnd)
        memory.copyBytes(from: bytes)
        return memory
    }
}

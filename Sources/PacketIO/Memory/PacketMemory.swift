internal import Glibc

/// Memory for packets: reserved address space that costs memory only as far as it was ever written, until `release`.
///
/// Belongs to one thread, as whatever holds it.
package final class PacketMemory {
    package let base: UnsafeMutableRawPointer
    /// Bytes.
    package let count: Int

    package init(count: Int) throws(IOError) {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
            throw IOError(errnoOf: "mmap", "\(count) bytes for packets")
        }
        // Huge pages would back far more than is written.
        madvise(memory, count, MADV_NOHUGEPAGE)
        base = memory
        self.count = count
    }

    /// Gives all pages back to the system. Whatever was there reads as zero.
    package func release() {
        madvise(base, count, MADV_DONTNEED)
    }

    deinit {
        munmap(base, count)
    }
}

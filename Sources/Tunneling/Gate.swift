package import Glibc

/// One lane's leave to read what the owner's thread changes. A lane holds its own gate for a look-up, where no other lane
/// ever waits; the owner's thread holds all gates for a change. So reading touches no cache line that another lane touches.
package final class Gate: @unchecked Sendable {
    // Two cache lines, as processors fetch them in pairs. POSIX makes the mutex fit for any thread.
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private static let size = 128

    package init() {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.size, alignment: Self.size)
        mutex = memory.initializeMemory(as: pthread_mutex_t.self, to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    @inlinable @inline(__always)
    package func lock() { pthread_mutex_lock(mutex) }

    @inlinable @inline(__always)
    package func unlock() { pthread_mutex_unlock(mutex) }
}

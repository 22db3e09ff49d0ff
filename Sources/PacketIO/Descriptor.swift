internal import CLinux
internal import Glibc

/// A file descriptor that is closed with its last reference. Whoever polls it removes it from the poller first.
package final class Descriptor: Sendable {
    package let number: Int32

    /// Takes ownership of `number`.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    func setNonBlocking() throws(IOError) {
        try retrying("fcntl") { clinux_set_nonblocking(number) }
    }
}

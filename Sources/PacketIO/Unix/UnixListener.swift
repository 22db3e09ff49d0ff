internal import CLinux
internal import Glibc
internal import Synchronization

/// A listening stream socket in the file system, mode 0600. It is unlinked by `close` or with the last reference, unless
/// another process has put its own in the place meanwhile.
package final class UnixListener: Sendable {
    /// To be polled for reading; non-blocking.
    package let descriptor: Descriptor
    package let path: String
    private let device: UInt64
    private let inode: UInt64
    private let isLinked = Mutex(true)

    /// Makes the socket, and its directory (0700) if there is none. A socket that nobody listens on any more is replaced;
    /// one that somebody does is an EADDRINUSE, as is a file of another kind.
    package init(path: String) throws(IOError) {
        try Self.makeDirectory(of: path)
        try Self.removeStale(path)
        let descriptor = try UnixStream.makeSocket()
        // It gets its name when it listens: `wg` removes a socket that refuses it.
        let temporary = "\(path).\(getpid())"
        try Self.removeStale(temporary)
        var address = try UnixAddress(temporary)
        // Not even for a moment may others connect: the mask makes it 0600 from the beginning.
        let mask = umask(0o177)
        let bound = address.withSocketAddress { bind(descriptor.number, $0, $1) }
        let code = errno
        umask(mask)
        guard bound == 0 else { throw IOError(code, "bind", path) }
        defer { unlink(temporary) }
        guard listen(descriptor.number, 16) == 0 else { throw IOError(errnoOf: "listen", path) }
        guard link(temporary, path) == 0 else { throw IOError(errno == EEXIST ? EADDRINUSE : errno, "socket", path) }
        var information = stat()
        guard lstat(path, &information) == 0 else { throw IOError(errnoOf: "stat", path) }
        self.descriptor = descriptor
        self.path = path
        device = UInt64(information.st_dev)
        inode = UInt64(information.st_ino)
    }

    deinit {
        unlinkOnce()
    }

    /// The next connection that waits, or `nil`. Whether to talk to it is for the caller to decide, by `peer`.
    package func accept() throws(IOError) -> UnixStream? {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        do throws(IOError) {
            let number = try retrying("accept") { clinux_accept(descriptor.number, flags) }
            return try UnixStream(Descriptor(owning: number))
        } catch {
            guard error.code == EAGAIN || error.code == ECONNABORTED else { throw error }
            return nil
        }
    }

    /// Whether the file is still the one that was made.
    package var isInPlace: Bool {
        var information = stat()
        return lstat(path, &information) == 0 && UInt64(information.st_dev) == device
            && UInt64(information.st_ino) == inode
    }

    /// Removes the file; connections that are open go on. The descriptor goes with the last reference.
    package func unlinkOnce() {
        isLinked.withLock { isLinked in
            if isLinked, isInPlace { _ = unlink(path) }
            isLinked = false
        }
    }

    private static func makeDirectory(of path: String) throws(IOError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        guard mkdir(directory, 0o700) != 0, errno != EEXIST else { return }
        throw IOError(errnoOf: "mkdir", directory)
    }

    private static func removeStale(_ path: String) throws(IOError) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFSOCK else { throw IOError(EADDRINUSE, "socket", path) }
        do throws(IOError) {
            _ = try UnixStream.connect(path: path)
        } catch {
            guard error.code == ECONNREFUSED else { throw IOError(EADDRINUSE, "socket", "\(path): \(error)") }
            _ = unlink(path)
            return
        }
        throw IOError(EADDRINUSE, "socket", path)
    }
}

internal import Glibc

/// What is in a file, as far as it can be had.
package enum FileContent: Sendable {
    case bytes([UInt8])
    /// More than was asked for, in bytes.
    case tooLarge(Int)
    /// Why not, in the words of the system.
    case unreadable(String)

    /// Reads a file; blocks. What is no regular file is not read.
    ///
    /// - Parameter followsLinks: whether the path itself may be a symbolic link.
    package init(of path: String, limit: Int, followsLinks: Bool = true) {
        // Not blocking: what was a file when it was listed may be a pipe by now.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else {
            self = .unreadable(Self.reason(errno))
            return
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            self = .unreadable("not a file")
            return
        }
        let size = Int(status.st_size)
        guard size <= limit else {
            self = .tooLarge(size)
            return
        }
        var error: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if read < 0, errno == EINTR { continue }
                if read < 0 { error = errno }
                guard read > 0 else { break }
                count += read
            }
        }
        self = error == 0 ? .bytes(bytes) : .unreadable(Self.reason(error))
    }

    static func reason(_ error: CInt) -> String { String(cString: strerror(error)) }
}

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
        switch OpenFile.opening(path, followsLinks: followsLinks) {
        case .success(let file): self = file.content(limit: limit)
        case .failure(let failure): self = .unreadable(failure.reason)
        }
    }

    static func reason(_ error: CInt) -> String { String(cString: strerror(error)) }
}

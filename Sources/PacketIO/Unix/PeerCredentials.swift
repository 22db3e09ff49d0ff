internal import CLinux
internal import Glibc

/// Who is at the other end of a Unix socket, as the kernel saw it connect (SO_PEERCRED).
package struct PeerCredentials: Hashable, Sendable {
    package let process: Int32
    package let user: UInt32
    package let group: UInt32

    /// Whether it is root, or runs as the same user as this process.
    package var isTrusted: Bool { user == 0 || user == geteuid() }

    init(of descriptor: Descriptor) throws(IOError) {
        var credentials = clinux_ucred()
        var length = socklen_t(MemoryLayout<clinux_ucred>.size)
        try retrying("SO_PEERCRED") {
            getsockopt(descriptor.number, SOL_SOCKET, clinux_so_peercred, &credentials, &length)
        }
        process = credentials.pid
        user = credentials.uid
        group = credentials.gid
    }
}

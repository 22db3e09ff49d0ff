internal import CLinux
internal import Glibc

/// Notices that something was removed from, or moved within, the directory of a file (inotify): a reason to look whether
/// the file is still there (`UnixListener.isInPlace`).
package final class FileRemovalWatch: Sendable {
    /// To be polled for reading; non-blocking.
    package let descriptor: Descriptor

    /// The file's directory must exist.
    package init(path: String) throws(IOError) {
        let flags = Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK)
        descriptor = Descriptor(owning: try retrying("inotify") { inotify_init1(flags) })
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { path[...$0] } ?? "."
        let events = UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
        try retrying("watch \(directory)") { inotify_add_watch(descriptor.number, String(directory), events) }
    }

    /// Forgets what was noticed, so that polling waits for the next removal.
    package func drain() {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor.number, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}

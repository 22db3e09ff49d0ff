internal import Glibc

/// Keeps a directory to one ceremony at a time, until it is let go of or the process ends: flock(2) of the directory itself,
/// which leaves no file behind.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// Does not wait: whoever holds it may be waiting for a passphrase.
    init(_ path: String) throws(KeyFileError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyFileError(errno: errno, path, "cannot open the directory") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw KeyFileError(errno: code, path, "cannot lock it") }
            throw KeyFileError(.system, path, "somebody else is changing its keys now: wait until that is done")
        }
    }

    deinit {
        // By name: a child that is between fork and exec has the descriptor too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

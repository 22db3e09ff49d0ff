internal import Foundation

/// A file that a command is told to write.
enum OutputFile {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let error: CInt
        var description: String { "cannot write \(path): \(String(cString: strerror(error)))" }
    }

    /// Writes a file as a whole or not at all: nobody reads half of it. What is there and no regular file, as a pipe or
    /// `/dev/stderr`, is written to as it is.
    static func write(_ text: String, to path: String) throws(Failure) { try write(Array(text.utf8), to: path) }

    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
                try writeInPlace(bytes, path)
            } else {
                try replace(bytes, resolved(path), mode: status.st_mode & 0o777)
            }
        } catch {
            throw Failure(path: path, error: error.code)
        }
    }

    private static func writeInPlace(_ bytes: [UInt8], _ path: String) throws(FileDescriptorWriter.Failure) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileDescriptorWriter.Failure(code: errno) }
        defer { close(descriptor) }
        try FileDescriptorWriter(descriptor).write(bytes)
    }

    /// - Parameter mode: of the file that is replaced; 0 when there is none.
    private static func replace(_ bytes: [UInt8], _ path: String, mode: mode_t) throws(FileDescriptorWriter.Failure) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode == 0 ? 0o666 : mode)
        guard descriptor >= 0 else { throw FileDescriptorWriter.Failure(code: errno) }
        do {
            defer { close(descriptor) }
            try FileDescriptorWriter(descriptor).write(bytes)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileDescriptorWriter.Failure(code: code)
        }
    }

    /// Where a symbolic link leads: what it names is replaced, not the link.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

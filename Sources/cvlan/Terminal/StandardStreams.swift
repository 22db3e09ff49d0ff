internal import Foundation

/// Standard output and error of a command that is used in pipes.
enum StandardStreams {
    struct Failure: Error, CustomStringConvertible {
        let error: CInt
        var description: String { "cannot write to standard output: \(String(cString: strerror(error)))" }
    }

    /// To be called before any file is opened: one that is closed would else be the next file's, and a reader that goes
    /// away would end the program by a signal.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The wrong way round, so that what is written there fails.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// A reader that has seen enough (`| head`) is no failure.
    static func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) throws(Failure) {
        do {
            try FileDescriptorWriter(STDOUT_FILENO).write(bytes)
        } catch  where error.code == EPIPE {
        } catch {
            throw Failure(error: error.code)
        }
    }

    /// What cannot be said is not said.
    static func say(_ line: String) {
        try? FileDescriptorWriter(STDERR_FILENO).write(Array("\(line)\n".utf8))
    }
}

/// Writes all bytes to an open file.
struct FileDescriptorWriter {
    private let descriptor: CInt

    struct Failure: Error {
        let code: CInt
    }

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        let error: CInt = bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                written += count
            }
            return 0
        }
        if error != 0 { throw Failure(code: error) }
    }
}

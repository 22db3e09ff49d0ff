internal import Glibc

/// Small files that hold credentials.
enum SecretFile {
    /// The first line. Refused when others than the owner may read it.
    static func firstLine(_ path: String) throws(GitError) -> String {
        try checkMode(path)
        let bytes = try read(path, limit: 64 << 10)
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty, !line.contains(0) else { throw GitError(.authentication, "\(path) holds no credential") }
        return String(decoding: line, as: UTF8.self)
    }

    static func checkMode(_ path: String) throws(GitError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw GitError(.authentication, "\(path) can be read by others; chmod 600 \(path)")
        }
    }

    static func read(_ path: String, limit: Int) throws(GitError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path) }
        defer { close(file) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            guard count > 0 else { return content }
            content += chunk[..<count]
            guard content.count <= limit else { throw GitError(.tooLarge, "\(path) has more than \(limit) bytes") }
        }
    }

    private static func unreadable(_ path: String) -> GitError {
        GitError(.authentication, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
}

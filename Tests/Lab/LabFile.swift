internal import Glibc

/// Files as the lab needs them.
enum LabFile {
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws -> Int32 {
        let descriptor = Glibc.open(path, flags, mode)
        guard descriptor >= 0 else { throw LabError.system(path) }
        return descriptor
    }

    /// A file without a name, that ends with its descriptor; to be read from its beginning.
    static func anonymous(_ text: String = "") throws -> Int32 {
        var template = Array("/tmp/lab-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw LabError.system("temporary file") }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        try write(text, to: descriptor)
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    /// All of a file, from its beginning.
    static func contents(_ descriptor: Int32) -> String {
        String(decoding: bytes(descriptor), as: UTF8.self)
    }

    static func contents(_ path: String) -> String {
        guard let descriptor = try? open(path, O_RDONLY | O_CLOEXEC) else { return "" }
        defer { close(descriptor) }
        return contents(descriptor)
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = try open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        return bytes(descriptor)
    }

    private static func bytes(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    static func write(_ text: String, to path: String) throws {
        let descriptor = try open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)
        defer { close(descriptor) }
        try write(text, to: descriptor)
    }

    private static func write(_ text: String, to descriptor: Int32) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw LabError.system("write") }
            rest = rest.dropFirst(count)
        }
    }
}

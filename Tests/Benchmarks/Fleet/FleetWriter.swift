internal import Glibc

/// Where the files of a fleet go.
protocol FleetWriter {
    mutating func write(_ path: String, _ text: String) throws
    /// A commit, where there are any: all that was written since the last.
    mutating func commit(_ subject: String) throws
    mutating func finish() throws
}

struct WriteFailure: Error, CustomStringConvertible {
    let description: String

    init(_ path: String) {
        description = "\(path): \(String(cString: strerror(errno)))"
    }
}

/// A folder. Makes it and those inside it as they are needed.
struct FolderWriter: FleetWriter {
    let root: String
    private var known: Set<Substring> = []

    init(_ root: String) throws {
        self.root = root
        guard mkdir(root, 0o755) == 0 else { throw WriteFailure(root) }
    }

    mutating func write(_ path: String, _ text: String) throws {
        if let slash = path.lastIndex(of: "/") { try make(path[..<slash]) }
        let full = "\(root)/\(path)"
        let file = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw WriteFailure(full) }
        defer { close(file) }
        try writeAll(Array(text.utf8), to: file, full)
    }

    mutating func commit(_ subject: String) {}

    mutating func finish() {}

    private mutating func make(_ folder: Substring) throws {
        guard known.insert(folder).inserted else { return }
        if let slash = folder.lastIndex(of: "/") { try make(folder[..<slash]) }
        guard mkdir("\(root)/\(folder)", 0o755) == 0 || errno == EEXIST else { throw WriteFailure(String(folder)) }
    }
}

/// What `git fast-import` reads, on standard output.
struct FastImportWriter: FleetWriter {
    private var files: [UInt8] = []
    private var commits: Int64 = 0

    mutating func write(_ path: String, _ text: String) {
        files += Array("M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n".utf8)
    }

    mutating func commit(_ subject: String) throws {
        // A day of its own, in the past: the time of a commit is part of its id.
        let time = 1_790_000_000 + commits * 86_400
        commits += 1
        let header = """
            commit refs/heads/main
            committer Fleet <fleet@cvlan.example> \(time) +0000
            data \(subject.utf8.count)
            \(subject)

            """
        try writeAll(Array(header.utf8) + files, to: STDOUT_FILENO, "standard output")
        files.removeAll(keepingCapacity: true)
    }

    mutating func finish() throws {
        try writeAll(Array("done\n".utf8), to: STDOUT_FILENO, "standard output")
    }
}

private func writeAll(_ bytes: [UInt8], to file: Int32, _ name: String) throws {
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes {
            Glibc.write(file, $0.baseAddress.map { $0 + written }, bytes.count - written)
        }
        guard count > 0 else {
            if count < 0, errno == EINTR { continue }
            throw WriteFailure(name)
        }
        written += count
    }
}

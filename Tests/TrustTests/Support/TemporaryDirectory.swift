import Foundation

/// A directory that is removed when `body` ends, however it ends.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("trust-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.path)
}

/// Runs the `openssl` program to its end; its output and status. By `popen`: Foundation's `Process` hangs now and then
/// when tests use it at the same time.
func openssl(_ arguments: String...) throws -> (output: String, status: Int32) {
    let command = (["openssl"] + arguments).map { "'\($0)'" }.joined(separator: " ") + " </dev/null 2>&1"
    guard let pipe = popen(command, "re") else { throw CocoaError(.fileReadUnknown) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = fread(&chunk, 1, chunk.count, pipe)
        guard count > 0 else { break }
        output += chunk[..<count]
    }
    let status = pclose(pipe)
    return (String(decoding: output, as: UTF8.self), status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
}

/// The permission bits of a file.
func mode(of path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
}

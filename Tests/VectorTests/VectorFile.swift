import Glibc

/// A file of test vectors beside this one: lines of fields with spaces between them; those that begin with `#` are remarks.
struct VectorFile: Sendable {
    let lines: [[String]]

    /// - Parameter path: from this folder.
    init(_ path: String) throws(VectorFileError) {
        let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        let text = try Self.read(folder + "/" + path)
        lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: " ").map(String.init) }
    }

    private static func read(_ path: String) throws(VectorFileError) -> String {
        guard let file = fopen(path, "r") else { throw VectorFileError(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes of a field: hexadecimal, or `-` for none.
    static func bytes(_ field: String) -> [UInt8] {
        let digits = field.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// There is no such file.
struct VectorFileError: Error, CustomStringConvertible {
    let path: String

    var description: String { "\(path) cannot be read" }
}

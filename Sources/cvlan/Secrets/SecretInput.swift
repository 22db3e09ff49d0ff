internal import ArgumentParser
internal import Foundation
internal import Sodium

/// A secret from standard input: never from the command line, which every process can read.
enum SecretInput {
    private static let most = 32 << 10

    /// Without the end of the line.
    static func read() throws -> SecretBytes {
        if isatty(STDIN_FILENO) == 1 { return try ask() }
        var bytes: [UInt8] = []
        defer { wipe(&bytes) }
        // All of it at once: what an array has outgrown is not wiped.
        bytes.reserveCapacity(most + 4096)
        while bytes.count <= most {
            let count = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { part -> Int in
                let count = Foundation.read(STDIN_FILENO, part.baseAddress, part.count)
                if count > 0 { bytes.append(contentsOf: part[..<count]) }
                if let base = part.baseAddress { explicit_bzero(base, part.count) }
                return count
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
        }
        guard bytes.count <= most else { throw ValidationError("the value is longer than \(most) bytes") }
        var length = bytes.count
        if length > 0, bytes[length - 1] == UInt8(ascii: "\n") { length -= 1 }
        return try value(bytes[..<length])
    }

    private static func ask() throws -> SecretBytes {
        guard let text = getpass("Value: ") else { throw ValidationError("no value") }
        let length = strlen(text)
        defer { explicit_bzero(text, length) }
        return try value(UnsafeRawBufferPointer(start: text, count: length)[...])
    }

    private static func value(_ bytes: some Collection<UInt8>) throws -> SecretBytes {
        guard !bytes.isEmpty else { throw ValidationError("the value is empty") }
        return SecretBytes(copying: bytes)
    }

    private static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
    }
}

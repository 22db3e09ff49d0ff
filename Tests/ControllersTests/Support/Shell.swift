import Foundation

/// Runs a program to its end.
enum Shell {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String], in directory: String? = nil) async throws -> Data {
        let folder = try TemporaryFolder("shell")
        let child = try ChildProcess(
            [program] + arguments, in: directory ?? folder.path, output: folder.path + "/out",
            errors: folder.path + "/err")
        let status = await child.status
        let output = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out"))
        guard status == 0 else {
            let message = (try? String(contentsOfFile: folder.path + "/err", encoding: .utf8)) ?? ""
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")): \(status): \(message)")
        }
        return output
    }
}

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init(_ name: String = "controller") throws {
        path = FileManager.default.temporaryDirectory.path + "/cvlan-\(name)-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

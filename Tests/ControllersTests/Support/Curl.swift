import Foundation
import WireFormat

/// HTTPS by the real curl.
struct Curl: Sendable {
    let running: RunningController
    var identity: NodeFiles?

    struct Answer: Sendable {
        let status: Int
        let body: Data

        /// Of an agent API's refusal.
        var code: String { (try? WireErrorResponse(serializedBytes: body))?.code ?? "" }
    }

    private func arguments(_ path: String) -> [String] {
        var arguments = ["-sS", "--max-time", "60", "--cacert", running.controller.directory.path + "/ca.pem"]
        if let identity { arguments += ["--cert", identity.certificate, "--key", identity.key] }
        return arguments + [running.url + path]
    }

    func get(_ path: String, _ more: [String] = []) async throws -> Answer {
        try await call(path, more)
    }

    func post(_ path: String, _ body: Data, _ more: [String] = []) async throws -> Answer {
        let folder = try TemporaryFolder("body")
        try body.write(to: URL(fileURLWithPath: folder.path + "/in"))
        return try await call(path, ["--data-binary", "@\(folder.path)/in", "-H", "Expect:"] + more)
    }

    /// What the management API wants.
    var token: [String] {
        get throws {
            let file = running.controller.directory.path + "/management.token"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            return ["-H", "Authorization: Bearer " + text.trimmingCharacters(in: .newlines)]
        }
    }

    private func call(_ path: String, _ more: [String]) async throws -> Answer {
        let folder = try TemporaryFolder("body")
        let output = try await Shell.run(
            "curl", arguments(path) + ["-o", folder.path + "/out", "-w", "%{http_code}"] + more)
        let body = (try? Data(contentsOf: URL(fileURLWithPath: folder.path + "/out"))) ?? Data()
        return Answer(status: Int(String(decoding: output, as: UTF8.self)) ?? 0, body: body)
    }

    func json<T: Decodable>(_ type: T.Type, _ path: String) async throws -> T {
        let token = try token
        return try JSONDecoder().decode(type, from: try await get(path, token).body)
    }

    /// The updates of a watch stream, until the value is dropped.
    func watch(from generation: UInt64 = 0) throws -> WatchProcess {
        try WatchProcess(["-N"] + arguments("/v1/agent/watch?generation=\(generation)"))
    }
}

/// A curl that reads a watch stream into a file, which is read as it grows: the end of a pipe would also be held by
/// whatever other tests start at the same moment.
final class WatchProcess: Sendable {
    private let process: ChildProcess
    private let folder: TemporaryFolder
    private let updates: AsyncStream<WireUpdate>
    private let reader: Task<Void, any Error>

    init(_ arguments: [String]) throws {
        folder = try TemporaryFolder("watch")
        let output = URL(fileURLWithPath: folder.path + "/out")
        let (updates, continuation) = AsyncStream<WireUpdate>.makeStream()
        self.updates = updates
        try Data().write(to: output)
        let process = try ChildProcess(
            ["curl"] + arguments, in: folder.path, output: output.path, errors: folder.path + "/err")
        self.process = process
        let file = try FileHandle(forReadingFrom: output)
        reader = Task {
            defer { continuation.finish() }
            var frames = FrameDecoder(.varint, limit: 64 << 20)
            while true {
                let isLast = process.hasEnded
                let data = try file.readToEnd() ?? Data()
                frames.append(data)
                while let frame = try frames.next() { continuation.yield(try WireUpdate(serializedBytes: frame)) }
                if isLast { return }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    struct NothingCame: Error {}

    /// The next update that is no heartbeat; `nil` when the stream has ended.
    func next(
        _ condition: @Sendable @escaping (WireUpdate) -> Bool = { !$0.heartbeat }
    ) async throws -> WireUpdate? {
        let updates = updates
        return try await withThrowingTaskGroup(of: WireUpdate?.self) { group in
            group.addTask {
                for await update in updates where condition(update) { return update }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(20))
                throw NothingCame()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    deinit {
        reader.cancel()
        process.stop()
    }
}

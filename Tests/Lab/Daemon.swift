internal import Glibc
internal import Synchronization

/// A program that the lab has started.
package final class Daemon: Sendable {
    package let name: String
    /// Its process; of a program run in a namespace, that program's own.
    package let processIdentifier: Int32
    private let child: ChildProcess
    private let logPath: String
    private let status = Mutex<Int32?>(nil)

    init(name: String, _ arguments: [String], environment: [String: String], logPath: String) throws {
        self.name = name
        self.logPath = logPath
        let null = try LabFile.open("/dev/null", O_RDONLY | O_CLOEXEC)
        let file = try LabFile.open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)
        defer {
            close(null)
            close(file)
        }
        child = try ChildProcess(arguments, environment: environment, descriptors: (null, file, file))
        processIdentifier = child.identifier
    }

    /// What it wrote to standard output and error.
    package var log: String { LabFile.contents(logPath) }

    /// Its exit status once it has ended (128 + a signal's number), `nil` as long as it runs.
    package var exitStatus: Int32? {
        status.withLock { status in
            if status == nil { status = child.poll() }
            return status
        }
    }

    package var isRunning: Bool { exitStatus == nil }

    package func signal(_ signal: Int32) {
        // Only while it has not been waited for, so that the number cannot be another process's.
        status.withLock { status in
            if status == nil { kill(processIdentifier, signal) }
        }
    }

    /// Waits for its end; throws when it does not come.
    @discardableResult
    package func waitForExit(within bound: Duration = .seconds(10)) async throws -> Int32 {
        try await eventually("\(name) ends", within: bound) { !isRunning }
        guard let status = exitStatus else { throw LabError("\(name) has ended without a status") }
        return status
    }

    /// Asks it to end (SIGTERM) and waits for that.
    @discardableResult
    package func stop(within bound: Duration = .seconds(10)) async throws -> Int32 {
        signal(SIGTERM)
        return try await waitForExit(within: bound)
    }

    /// Resident memory in bytes; 0 when it has ended.
    package var residentMemory: Int {
        guard isRunning else { return 0 }
        let fields = LabFile.contents("/proc/\(processIdentifier)/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }

    var state: String { exitStatus.map { "ended with \($0)" } ?? "running" }
}

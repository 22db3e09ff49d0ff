import Foundation
import Logging

/// What is logged, for tests that wait for what nothing else tells of.
final class LogLines: @unchecked Sendable {
    // Unchecked: `lines` is used while `condition` is locked.
    private let condition = NSCondition()
    private var lines: [String] = []

    var logger: Logger { Logger(label: "test", factory: { _ in Handler(lines: self) }) }

    /// Waits for a line; returns whether it came within 10 s.
    func wait(for isWanted: (String) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: 10)
        return condition.withLock {
            while !lines.contains(where: isWanted) {
                guard condition.wait(until: deadline) else { return lines.contains(where: isWanted) }
            }
            return true
        }
    }

    private func add(_ line: String) {
        condition.withLock {
            lines.append(line)
            condition.broadcast()
        }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.add("\(event.message)") }
    }
}

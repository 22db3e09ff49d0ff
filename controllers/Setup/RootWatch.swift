internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import Trust

/// Ends when a newer root document is in the controller's directory and its keys can be opened: what signs and serves is then
/// made anew with these. A root whose keys are not to be had changes nothing, and is complained of once.
final class RootWatch: Service {
    private let directory: ControllerDirectory
    private let root: TrustedRoot
    private let interval: Duration
    private let logger: Logger
    private let successors = Mutex<ControllerKeys?>(nil)

    init(directory: ControllerDirectory, root: TrustedRoot, interval: Duration = .seconds(2), logger: Logger) {
        self.directory = directory
        self.root = root
        self.interval = interval
        self.logger = logger
    }

    var found: ControllerKeys? { successors.withLock { $0 } }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var complaint: String?
            while !Task.isCancelled {
                try await Task.sleep(for: self.interval)
                do {
                    guard try self.look() else { continue }
                    return
                } catch  where "\(error)" != complaint {
                    complaint = "\(error)"
                    self.logger.error(
                        "the newer root document cannot be taken up; the old one stays in force",
                        metadata: ["error": "\(error)"])
                } catch {}
            }
        }
    }

    /// Whether there is a newer root, with all its keys.
    private func look() throws -> Bool {
        guard try !RootFiles(of: directory.path).read(after: root).isEmpty else { return false }
        let keys = try ControllerKeys.load(from: directory.path)
        successors.withLock { $0 = keys }
        logger.notice(
            "beginning again with a newer root document", metadata: ["version": "\(keys.root.document.version)"])
        return true
    }
}

internal import Foundation
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
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let successors = Mutex<ControllerKeys?>(nil)

    init(
        directory: ControllerDirectory, root: TrustedRoot, interval: Duration = .seconds(2),
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.directory = directory
        self.root = root
        self.interval = interval
        self.now = now
        self.logger = logger
    }

    var found: ControllerKeys? { successors.withLock { $0 } }

    func run() async throws {
        tellExpiry()
        try? await cancelWhenGracefulShutdown {
            var complaint: String?
            var retry = KeyRetry()
            while !Task.isCancelled {
                try await Task.sleep(for: self.interval)
                let files = FileStamps(of: self.directory.path, passphrase: .ofService)
                guard retry.isDue(files, at: .now) else { continue }
                do {
                    guard try self.look() else { continue }
                    return
                } catch {
                    retry.failed(error, with: files, at: .now)
                    guard "\(error)" != complaint else { continue }
                    complaint = "\(error)"
                    self.logger.error(
                        "the newer root document cannot be taken up; the old one stays in force",
                        metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Agents refuse what is new under a root whose time is over, and keep what they have.
    private func tellExpiry() {
        let left = root.document.expires.timeIntervalSince(now())
        guard left < Self.warningTime else { return }
        let (version, advice) = ("\(root.document.version)", "cvlan key root draft --dir \(directory.path)")
        if left > 0 {
            logger.warning(
                "the root document runs out in \(Int(left / 86400)) days: make the next one",
                metadata: ["version": "\(version)", "by": "\(advice)"])
        } else {
            logger.error(
                "the root document has run out: agents take nothing new until there is another",
                metadata: ["version": "\(version)", "by": "\(advice)"])
        }
    }

    private static let warningTime: TimeInterval = 90 * 86400

    /// Whether there is a newer root, with all its keys.
    private func look() throws -> Bool {
        guard try !RootFiles(of: directory.path).read(after: root).isEmpty else { return false }
        let keys = try ControllerKeys.load(from: directory.path, access: KeyAccess(passphrase: .ofService))
        successors.withLock { $0 = keys }
        logger.notice(
            "beginning again with a newer root document", metadata: ["version": "\(keys.root.document.version)"])
        return true
    }
}

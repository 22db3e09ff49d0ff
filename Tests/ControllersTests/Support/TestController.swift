import Controllers
import Foundation
import GitRepository
import Logging
import Reconciling
import Synchronization
import Trust
import WireFormat

/// What was logged, for tests of what is said.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "controller") { _ in Handler(lines: self) }
        logger.logLevel = .debug
        return logger
    }

    func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.level): \(event.message) \(event.metadata ?? [:])") }
        }
    }
}

/// A clock that tests move.
final class TestClock: Sendable {
    private let time: Mutex<Date>

    init(_ date: Date) { time = Mutex(date) }

    var now: Date { time.withLock { $0 } }

    func set(_ date: Date) { time.withLock { $0 = date } }
}

/// A controller's directory, and the service made from it as often as a test likes.
final class TestController: Sendable {
    let folder: TemporaryFolder
    let log = LogLines()
    let pin: RootPin

    var directory: ControllerDirectory { ControllerDirectory(folder.path + "/controller") }

    /// - Parameters:
    ///   - url: what agents call it.
    ///   - superadmins: the key of each, by name.
    init(
        _ repository: String, url: String = "https://127.0.0.1:8443", superadmins: [String: SigningKey] = [:],
        authorization: RootDocument.AuthorizationMode = .off
    ) throws {
        folder = try TemporaryFolder()
        var authority = ControllerKeys.Authority()
        authority.superadmins = superadmins.map { RootDocument.Superadmin(name: $0.key, keys: [$0.value.line]) }
        authority.authorization = authorization
        pin = try ControllerSetup.initialize(
            directory: folder.path + "/controller", repository: repository, url: url,
            trustDomain: "acme.example", listen: "127.0.0.1:0",
            authority: authority
        ).rootPin
    }

    /// A second replica: the same keys and configuration, nothing else.
    ///
    /// - Parameter repository: a copy of the other's.
    init(replicaOf other: TestController, repository: String? = nil) throws {
        folder = try TemporaryFolder()
        pin = other.pin
        let files = FileManager.default
        try files.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        for name in ["keys", "roots", "ca.pem", "controller.yaml"] {
            try files.copyItem(atPath: "\(other.directory.path)/\(name)", toPath: "\(directory.path)/\(name)")
        }
        guard let repository else { return }
        let file = directory.configurationFile
        let known = try ControllerSetup.loadConfiguration(from: directory).repository
        try String(contentsOfFile: file, encoding: .utf8).replacingOccurrences(of: known, with: repository)
            .write(toFile: file, atomically: true, encoding: .utf8)
    }

    func service(clock: TestClock? = nil, _ change: (inout ControllerService.Options) -> Void = { _ in }) throws
        -> ControllerService
    {
        var options = ControllerService.Options()
        if let clock { options.now = { clock.now } }
        change(&options)
        return try ControllerService(directory: directory, options: options, logger: log.logger)
    }

    var keys: ControllerKeys {
        get throws { try ControllerKeys.load(from: directory.path) }
    }

    /// The signed bytes for every node, as they would be sent.
    func envelopes(_ service: ControllerService) throws -> [NodeKey: Data] {
        let signer = ConfigSigner(key: try keys.configKey)
        return try (service.board.current?.nodes ?? [:]).mapValues {
            try signer.sign(payload: $0.payload).serializedData()
        }
    }
}

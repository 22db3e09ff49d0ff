package import Foundation
package import GitRepository
package import Logging
internal import ManifestSource
internal import Manifests
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization
package import Trust
internal import WireFormat

/// A whole controller: repository, loop, agents and server, in one service that stops cleanly.
package final class ControllerService: Service, Sendable {
    package static let version = ProductVersion.current

    package struct Options: Sendable {
        package var reconcile: ReconcileLoop.Timing?
        package var sessions = SessionRegistry.Timing()
        package var lifetimes = EnrollmentService.Lifetimes()
        /// How long a timestamp holds.
        package var timestampLife = TimestampIssuer.standardLife
        /// Where it listens, instead of where the configuration says.
        package var listen: ListenAddress?
        /// The clock; tests set it.
        package var now: @Sendable () -> Date = { Date() }

        package init() {}
    }

    package let board = PublicationBoard()
    package let status: StatusBoard
    package let sessions: SessionRegistry
    package let observations: ObservationStore
    package let loop: ReconcileLoop
    package let repository: Repository
    private let services: [any Service]
    private let rootWatch: RootWatch
    private let logger: Logger
    private let portStream: AsyncStream<Int>

    /// Reads the directory and the repository, starts nothing.
    /// - Parameter keys: those of the directory, where they are open already.
    package init(
        directory: ControllerDirectory, options: Options = Options(), keys: ControllerKeys? = nil, logger: Logger
    ) throws {
        let configuration = try ControllerSetup.loadConfiguration(from: directory)
        let keys = try keys ?? ControllerKeys.load(from: directory.path)
        rootWatch = RootWatch(directory: directory, root: keys.root, now: options.now, logger: logger)
        guard keys.root.document.trustDomain == configuration.trustDomain else {
            throw ConfigurationError("the root document is of another trust domain than controller.yaml")
        }
        self.logger = logger
        let now = options.now
        repository = try Repository(
            at: Location(configuration.repository), mirror: directory.mirror,
            branches: [configuration.branch, configuration.stateBranch], credentials: configuration.credentials)
        status = StatusBoard(
            ControllerStatus(repository: repository.location.description, branch: configuration.branch))
        sessions = SessionRegistry(board: board, timing: options.sessions, logger: logger)
        observations = try ObservationStore(path: directory.cacheFile, logger: logger)
        let store = ManifestStore(repository: repository)
        let history = HistoryWatch(keys.root.document, older: keys.roots.dropLast().map(\.document))
        let loop = ReconcileLoop(
            stateBranch: StateBranch(
                repository: repository, branch: configuration.stateBranch, trustDomain: configuration.trustDomain,
                signer: CommitSigner(keys.stateKey), roots: keys.roots, settings: configuration.stateSettings,
                seen: try SeenTips(observations.database)),
            history: history,
            branch: configuration.branch, store: store, board: board, status: status, sessions: sessions,
            observations: observations,
            timing: options.reconcile ?? ReconcileLoop.Timing(remotePoll: configuration.pollInterval),
            logger: logger,
            now: { Timestamp(secondsSince1970: Int64(now().timeIntervalSince1970.rounded(.down))) })
        self.loop = loop
        let enrollment = EnrollmentService(
            branch: EnrollmentBranch(
                repository: repository, branch: configuration.branch, store: store,
                trustDomain: configuration.trustDomain, signer: CommitSigner(keys.enrollmentSigningKey),
                controllers: history.controllers, logger: logger),
            keys: keys, board: board, lifetimes: options.lifetimes, logger: logger, now: now,
            reconcile: { loop.poke() })
        let certificate = try ServerCertificate(
            authority: keys.authority, names: configuration.serverNames, logger: logger)
        let agents = AgentAPI(
            board: board, sessions: sessions, observations: observations, enrollment: enrollment,
            signer: ConfigSigner(key: keys.configKey),
            timestamps: TimestampIssuer(
                signer: TimestampSigner(key: keys.timestampKey), board: board,
                rootVersion: keys.root.document.version, life: options.timestampLife,
                failures: FailureLog(logger)),
            trustDomain: configuration.trustDomain)
        let join = JoinAPI(roots: keys.roots, enrollment: enrollment)
        let management = ManagementAPI(
            status: status, board: board, sessions: sessions, observations: observations, version: Self.version,
            tokenFile: configuration.managementTokenFile, now: now)
        let hook = HookAPI(secretFile: configuration.hookSecretFile, poke: { loop.poke() })
        let (portStream, port) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.portStream = portStream
        let listen = options.listen ?? configuration.listen
        let server = try ControllerServer(
            listen: listen,
            tls: try certificate.configuration(authorities: keys.root.document.certificateAuthorities),
            apis: [agents.add, join.add, management.add, hook.add],
            onRunning: { number in
                logger.notice(
                    "ready", metadata: ["url": "https://\(ListenAddress(host: listen.host, port: number))"])
                port.yield(number)
                port.finish()
            }, logger: logger)
        // Shut down in reverse: the server takes no more requests first, once the streams have ended.
        services = [observations, certificate, loop, server, sessions]
    }

    /// The keys that a newer root document names, where `run` ended because there is one.
    package var successors: ControllerKeys? { rootWatch.found }

    /// The port, once the server takes connections; `nil` when it ended before.
    package func port() async -> Int? {
        for await port in portStream { return port }
        return nil
    }

    package func run() async throws {
        logger.notice(
            "starting", metadata: ["version": "\(Self.version)", "repository": "\(repository.location)"])
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }
                    + [.init(service: rootWatch, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: quietLogger))
        try await group.run()
        logger.notice("stopped")
    }

    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

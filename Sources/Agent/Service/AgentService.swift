package import Foundation
package import Logging
internal import ServiceLifecycle
internal import Trust
internal import WireFormat

/// The agent's loop: watch the controller, verify what it sends, hold the data path to it, report.
///
///     controller ──watch──▶ ConfigInForce ──wake──▶ ConvergeLoop ──▶ cvland
///         ▲                                              │
///         └──────────────── report ◀──wake───────────────┘
///
/// It starts with the controller unreachable: the last good configuration is applied first. When it ends, `cvland`
/// goes on as it is.
package final class AgentService: Service {
    package struct Options: Sendable {
        package var interfacePrefix: String
        /// Drift is looked for this often.
        package var recheck: Duration
        /// Without news a report is sent this often.
        package var reportInterval: Duration
        /// Whether it is told when nobody has vouched for the configuration for too long.
        package var requiresFresh: Bool
        /// The clock; tests set it.
        package var now: @Sendable () -> Date = { Date() }

        package init(
            interfacePrefix: String = "cv-", recheck: Duration = .seconds(5), reportInterval: Duration = .seconds(30),
            requiresFresh: Bool = false
        ) {
            self.interfacePrefix = interfacePrefix
            self.recheck = recheck
            self.reportInterval = reportInterval
            self.requiresFresh = requiresFresh
        }
    }

    private let options: Options
    private let logger: Logger
    private let config: ConfigInForce
    private let credentials: ControllerCredentials
    private let candidates: CandidateEndpoints
    private let loop: ConvergeLoop
    private let converge = Wake()
    private let report = Wake()
    private let renewal = Wake()
    private let reporter: Reporter

    /// - Throws: when the state folder is damaged or does not belong to an enrolled node.
    package init(directory: StateDirectory, dataPathSocket: String, options: Options, logger: Logger) throws {
        self.options = options
        self.logger = logger
        let identity = try directory.loadIdentity()
        let keys = try directory.loadKeys()
        let store = try AgentStore(path: directory.database)
        let root = try directory.trustedRoot(store: store)
        config = try ConfigInForce(store: store, root: root, identity: identity, logger: logger)
        credentials = ControllerCredentials(directory: directory, identity: identity, config: config)
        candidates = CandidateEndpoints(changed: converge)
        loop = try ConvergeLoop(
            config: config,
            converger: Converger(dataPath: DataPathClient(socketPath: dataPathSocket), privateKey: keys.wireGuard),
            candidates: candidates, store: store, interfacePrefix: options.interfacePrefix,
            publicKey: keys.wireGuard.publicKey,
            ipsecKeys: { [credentials] in
                IPsecKeys(credentials: await credentials.forTunnels(), privateKey: keys.wireGuard)
            }, logger: logger)
        reporter = Reporter(
            config: config, loop: loop, requiresFresh: options.requiresFresh, now: options.now)
    }

    package func run() async throws {
        let generation = await config.generation
        logger.info("agent started", metadata: ["generation": "\(generation)"])
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watchForever() }
                group.addTask { await self.convergeForever() }
                group.addTask { await self.reportForever() }
                group.addTask { await self.renewForever() }
            }
        }
        await credentials.shutdown()
        logger.info("agent stopped; the data path goes on")
    }

    // MARK: Watching

    private func watchForever() async {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                var client = try await credentials.client(now: options.now())
                // A key may have been revoked while this machine was away: nothing of it is to be taken any more.
                if try await followRoots(client) { client = try await credentials.client(now: options.now()) }
                var floor = await config.floor
                let updates = try await client.watch(from: floor?.generation ?? 0)
                logger.info("connected to the controller")
                report.raise()
                renewal.raise()
                for try await update in updates {
                    try await take(update, from: client)
                    backoff.reset()
                    let before = floor
                    floor = await config.floor
                    // A newer root has dropped the key of what is in force: it is to be sent again, by another.
                    guard before == nil || floor != nil else { break }
                }
                logger.notice("the stream has ended")
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("not connected to the controller", metadata: ["error": "\(error)"])
                await lookForRoots()
            }
            try? await Task.sleep(for: backoff.next(using: &generator))
        }
    }

    /// - Throws: when a config that may be good could not be taken. The controller sends it once in a stream, so the
    ///   stream must be begun again.
    private func take(_ update: WireUpdate, from client: ControllerClient) async throws {
        if await candidates.take(update.hints) { converge.raise() }
        if update.hasConfig {
            defer { report.raise() }
            do {
                try await followingRoots(client) {
                    try await take(update.config, carried: update.segments, from: client)
                }
            } catch let refusal as ConfigRefusal {
                logger.error("configuration refused", metadata: ["reason": "\(refusal)"])
                await reporter.note(refusal)
            } catch {
                logger.error("configuration not taken", metadata: ["error": "\(error)"])
                throw error
            }
        }
        if update.hasTimestamp { await take(timestamp: update.timestamp, from: client) }
    }

    /// The next one comes in time: that one cannot be taken is no reason to begin the stream again.
    private func take(timestamp: WireEnvelope, from client: ControllerClient) async {
        do {
            try await followingRoots(client) {
                if try await config.take(timestamp: timestamp, now: options.now()) { converge.raise() }
            }
            if await reporter.note(ofTimestamp: nil) { report.raise() }
        } catch let refusal as ConfigRefusal {
            guard await reporter.note(ofTimestamp: refusal) else { return }
            logger.error("timestamp refused", metadata: ["reason": "\(refusal)"])
            report.raise()
        } catch {
            logger.error("timestamp not taken", metadata: ["error": "\(error)"])
        }
    }

    /// Keys may have been replaced since: follows the chain of roots, then holds what came against the last one.
    private func followingRoots(_ client: ControllerClient, _ take: () async throws -> Void) async throws {
        do {
            try await take()
        } catch let refusal as ConfigRefusal where [.unknownKey, .expiredRoot, .missingRoot].contains(refusal.reason) {
            guard try await followRoots(client) else { throw refusal }
            try await take()
        }
    }

    private func take(_ envelope: WireEnvelope, carried: [Data], from client: ControllerClient) async throws {
        var segments: [Data: Data] = [:]
        for bytes in carried { segments[WireSegment.digest(ofEncoded: bytes)] = bytes }
        for digest in try await config.missingSegments(of: envelope, carried: segments) {
            do {
                segments[digest] = try await client.segment(digest: Array(digest))
            } catch let error as ControllerError where error.status == 404 {
                // Verification will find it missing, and its refusal says so to the controller.
                logger.warning("segment not to be had", metadata: ["error": "\(error)"])
            }
        }
        if try await config.take(envelope, segments: segments, now: options.now()) {
            converge.raise()
            renewal.raise()
        }
    }

    /// The CA may have been replaced while this machine was away, so that neither side takes the other's certificate: the
    /// chain of roots says so, and that proves itself, whoever it comes from.
    private func lookForRoots() async {
        let found = try? await ControllerClient.with(url: credentials.controller, .unverified) { client in
            try await self.followRoots(client)
        }
        if found == true { logger.notice("the controller has another root document: trying with that one") }
    }

    /// Returns whether there was a newer root.
    ///
    /// - Throws: `ConfigRefusal` where one came that does not follow from the one before.
    private func followRoots(_ client: ControllerClient) async throws -> Bool {
        let before = await config.root.document.version
        var refusal: ConfigRefusal?
        while !Task.isCancelled {
            let version = await config.root.document.version
            do {
                try await config.updateRoot(with: try await client.root(version: version + 1))
            } catch let error as ControllerError where error.status == 404 {
                break
            } catch let error as RootError {
                refusal = ConfigRefusal(.badRoot, "\(error)")
                break
            }
            // A server that answers with the root in force would keep us here for ever.
            guard await config.root.document.version > version else { break }
        }
        let isNew = await config.root.document.version > before
        if isNew { await credentials.rootChanged() }
        if let refusal { throw refusal }
        return isNew
    }

    // MARK: Converging

    private func convergeForever() async {
        var freshness = Freshness.State.fresh
        while !Task.isCancelled {
            if await loop.run() { report.raise() }
            if options.requiresFresh { await look(at: &freshness) }
            await converge.wait(atMost: options.recheck)
        }
    }

    /// Says when the last timestamp has run out, and when there is a new one. Nothing else follows from it.
    private func look(at state: inout Freshness.State) async {
        let freshness = await config.freshness(at: options.now())
        guard freshness.state != state else { return }
        state = freshness.state
        if state == .fresh {
            logger.notice("the controller vouches for this configuration again")
        } else {
            logger.error("stale; traffic goes on", metadata: ["reason": "\(freshness.staleness)"])
        }
        report.raise()
    }

    // MARK: Reporting

    private func reportForever() async {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(last: options.reportInterval)
        var failure: String?
        while !Task.isCancelled {
            if failure == nil {
                await report.wait(atMost: options.reportInterval)
            } else {
                try? await Task.sleep(for: backoff.next(using: &generator))
            }
            guard !Task.isCancelled else { return }
            do {
                try await reporter.send(with: try await credentials.client(now: options.now()))
                backoff.reset()
                failure = nil
            } catch {
                let text = "\(error)"
                logger.log(
                    level: text == failure ? .debug : .warning, "report not sent", metadata: ["error": "\(text)"])
                failure = text
            }
        }
    }

    // MARK: Renewing

    private func renewForever() async {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(last: .seconds(600))
        // Due, and tried in vain.
        var isLate = false
        while !Task.isCancelled {
            if isLate {
                try? await Task.sleep(for: backoff.next(using: &generator))
            } else {
                let due = await credentials.renewalTime.timeIntervalSince(options.now())
                await renewal.wait(atMost: .seconds(min(max(due, 1), 3600)))
            }
            guard !Task.isCancelled else { return }
            do {
                // IKE takes it with the next SA; what stands goes on.
                if try await credentials.renew(now: options.now()) { converge.raise() }
                isLate = await credentials.renewalTime <= options.now()
                if isLate { logger.warning("the new certificate lacks a name that the configuration has") }
            } catch {
                isLate = true
                logger.warning("certificate not renewed", metadata: ["error": "\(error)"])
            }
            if !isLate { backoff.reset() }
        }
    }
}

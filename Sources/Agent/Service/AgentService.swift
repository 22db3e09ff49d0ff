internal import Foundation
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

        package init(
            interfacePrefix: String = "cv-", recheck: Duration = .seconds(5), reportInterval: Duration = .seconds(30)
        ) {
            self.interfacePrefix = interfacePrefix
            self.recheck = recheck
            self.reportInterval = reportInterval
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
        reporter = Reporter(config: config, loop: loop)
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
                let client = try await credentials.client(now: Date())
                let updates = try await client.watch(from: await config.generation)
                logger.info("connected to the controller")
                report.raise()
                renewal.raise()
                for try await update in updates {
                    try await take(update, from: client)
                    backoff.reset()
                }
                logger.notice("the controller ended the stream")
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("not connected to the controller", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: backoff.next(using: &generator))
        }
    }

    /// - Throws: when a config that may be good could not be taken. The controller sends it once in a stream, so the
    ///   stream must be begun again.
    private func take(_ update: WireUpdate, from client: ControllerClient) async throws {
        if await candidates.take(update.hints) { converge.raise() }
        guard update.hasConfig else { return }
        defer { report.raise() }
        do {
            try await take(update.config, carried: update.segments, from: client)
        } catch let refusal as ConfigRefusal {
            logger.error("configuration refused", metadata: ["reason": "\(refusal)"])
            await reporter.note(refusal)
        } catch {
            logger.error("configuration not taken", metadata: ["error": "\(error)"])
            throw error
        }
    }

    private func take(_ envelope: WireEnvelope, carried: [Data], from client: ControllerClient) async throws {
        do {
            try await takeOnce(envelope, carried: carried, from: client)
        } catch let refusal as ConfigRefusal where [.unknownKey, .expiredRoot].contains(refusal.reason) {
            // Keys may have been replaced since: follow the chain of roots, then hold the update against the last one.
            guard try await followRoots(client) else { throw refusal }
            try await takeOnce(envelope, carried: carried, from: client)
        }
    }

    private func takeOnce(_ envelope: WireEnvelope, carried: [Data], from client: ControllerClient) async throws {
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
        if try await config.take(envelope, segments: segments, now: Date()) {
            converge.raise()
            renewal.raise()
        }
    }

    /// Returns whether there was a newer root.
    private func followRoots(_ client: ControllerClient) async throws -> Bool {
        let before = await config.root.document.version
        while true {
            let version = await config.root.document.version
            do {
                try await config.updateRoot(with: try await client.root(version: version + 1))
            } catch let error as ControllerError where error.status == 404 {
                return version > before
            }
            // A server that answers with the root in force would keep us here for ever.
            guard await config.root.document.version > version else { return version > before }
        }
    }

    // MARK: Converging

    private func convergeForever() async {
        while !Task.isCancelled {
            if await loop.run() { report.raise() }
            await converge.wait(atMost: options.recheck)
        }
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
                try await reporter.send(with: try await credentials.client(now: Date()))
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
                let due = await credentials.renewalTime.timeIntervalSinceNow
                await renewal.wait(atMost: .seconds(min(max(due, 1), 3600)))
            }
            guard !Task.isCancelled else { return }
            do {
                // IKE takes it with the next SA; what stands goes on.
                if try await credentials.renew(now: Date()) { converge.raise() }
                isLate = await credentials.renewalTime <= Date()
                if isLate { logger.warning("the new certificate lacks a name that the configuration has") }
            } catch {
                isLate = true
                logger.warning("certificate not renewed", metadata: ["error": "\(error)"])
            }
            if !isLate { backoff.reset() }
        }
    }
}

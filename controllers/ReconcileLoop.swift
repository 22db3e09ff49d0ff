internal import Authorization
internal import GitRepository
package import Logging
package import ManifestSource
package import Manifests
internal import OverlayNetwork
internal import Reconciling
internal import ServiceLifecycle

internal import struct Foundation.Date
internal import typealias Foundation.TimeInterval

/// Runs the controllers: looks at the branches, reconciles, commits the state, puts up the publication, tells the agents.
///
/// Level-based: each run starts from the tips as they are, whatever woke it. What it keeps between runs is a cache.
package final actor ReconcileLoop: Service {
    package struct Timing: Sendable {
        /// How often the tips of a local repository are looked at: a few system calls.
        package var localPoll: Duration = .milliseconds(100)
        package var remotePoll: Duration

        package init(remotePoll: Duration = .seconds(10)) {
            self.remotePoll = remotePoll
        }
    }

    private let repository: Repository
    private let branch: String
    private let stateBranch: StateBranch
    private let store: ManifestStore
    private let board: PublicationBoard
    private let status: StatusBoard
    private let sessions: SessionRegistry
    private let observations: ObservationStore
    private let timing: Timing
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private nonisolated let wakeups: AsyncStream<Void>
    private nonisolated let wake: AsyncStream<Void>.Continuation

    private var reconciler = Reconciler()
    private var history: HistoryWatch
    private var last: Run?
    private var failures = 0

    /// What the last run saw and made.
    private struct Run {
        var main: ObjectID
        var state: ObjectID?
        /// Where the notes with approvals were.
        var notes: ObjectID?
        var published: PublishedState
        var inForce: [String: TenantController.InForce]
        var nextExpiry: Timestamp?
    }

    package init(
        stateBranch: StateBranch, history: HistoryWatch, branch: String, store: ManifestStore, board: PublicationBoard,
        status: StatusBoard,
        sessions: SessionRegistry, observations: ObservationStore, timing: Timing,
        logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        repository = stateBranch.repository
        self.branch = branch
        self.stateBranch = stateBranch
        self.history = history
        self.store = store
        self.board = board
        self.status = status
        self.sessions = sessions
        self.observations = observations
        self.timing = timing
        self.logger = logger
        self.now = now
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a fetch and a look at the branches at once.
    package nonisolated func poke() {
        wake.yield()
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.pause(await self.step())
            }
        }
    }

    /// One look, and one run if there is something to do. Gives how long there is nothing to do unless someone pokes.
    @discardableResult
    package func step() async -> Duration {
        do {
            let seen = Date(timeIntervalSince1970: TimeInterval(now().secondsSince1970))
            try await repository.fetch()
            if try await isDue() { try await reconcile(seen: seen) } else { board.confirm(at: seen) }
            if failures > 0 { logger.notice("the repository is back", metadata: ["after-failures": "\(failures)"]) }
            failures = 0
            status.update { $0.trouble = "" }
            return idle
        } catch {
            failures += 1
            let error = ReconcileError(error, attempt: failures)
            status.update { status in
                status.failures += 1
                status.trouble = error.retry == .transient ? status.trouble : error.description
            }
            switch error.retry {
            case .transient:
                logger.info("another controller was first, looking again", metadata: ["reason": "\(error)"])
                return .milliseconds(20)
            case .waiting(let pause):
                logger.warning("cannot reconcile, trying again", metadata: ["reason": "\(error)", "in": "\(pause)"])
                return pause
            case .stalled:
                if board.current == nil { await serveLast() }
                logger.error("cannot reconcile until someone mends it", metadata: ["reason": "\(error)"])
                return max(idle, .seconds(5))
            }
        }
    }

    private var idle: Duration {
        if case .local = repository.location { timing.localPoll } else { timing.remotePoll }
    }

    private func pause(_ duration: Duration) async {
        let wake = wake
        let timer = Task {
            try await Task.sleep(for: duration)
            wake.yield()
        }
        defer { timer.cancel() }
        var iterator = wakeups.makeAsyncIterator()
        _ = await iterator.next()
    }

    // MARK: One run

    private func isDue() async throws -> Bool {
        guard let last else { return true }
        let (main, state, notes) = try await tips()
        if main != last.main || state != last.state || notes != last.notes { return true }
        return last.nextExpiry.map { $0 <= now() } ?? false
    }

    private func tips() async throws -> (main: ObjectID?, state: ObjectID?, notes: ObjectID?) {
        let (branch, stateBranch) = (branch, stateBranch.branch)
        return try await repository.perform { repository in
            (
                try repository.tip(of: branch), try repository.tip(of: stateBranch),
                try repository.tip(ofNotes: ApprovalBook.notes)
            )
        }
    }

    /// - Parameter seen: when the branches were looked at.
    private func reconcile(seen: Date) async throws {
        let started = ContinuousClock.now
        let (main, state, notes) = try await tips()
        guard let main, let source = SourceCommit(main.description) else {
            throw ReconcileError(.waiting(after: idle), "the branch \(branch) has no commit yet")
        }
        try await stateBranch.check(state)
        try await warnOfRewriting(main)
        let commit = try await repository.perform { try $0.commit(main) }
        let previous =
            if let last, last.state == state { last.published } else { try await stateBranch.read(at: state) }
        var history = history
        let findings = try await history.look(
            at: main, state: state, published: previous.sourceCommit.flatMap { ObjectID($0.description) },
            in: repository)
        // What was judged by words that no state has yet is judged again where this one comes to nothing.
        if findings.evidence.approvals.isEmpty { self.history = history }
        let tree = try await store.advance(to: main)
        let survey = Reconciler.Survey(
            Reconciler.Input(
                tree: tree, commit: source,
                commitTime: Timestamp(secondsSince1970: commit.author.seconds), previous: previous,
                lastGood: try await lastGood(of: previous), now: now(), settings: stateBranch.settings,
                evidence: try stateBranch.evidence.adding(findings.evidence), unaccepted: findings.unaccepted,
                isPlace: findings.isPlace))
        let output = reconciler.reconcile(survey, allowing: try await allowances(for: survey))
        let published =
            output.change.isEmpty
            ? state : try await stateBranch.publish(output.change, onto: state, sourceTime: commit.author.seconds)
        self.history = history
        let before = board.current
        let publication = try Publisher().publication(output, source: main, state: published, previous: before)
        last = Run(
            main: main, state: published, notes: notes, published: output.change.next, inForce: output.inForce,
            nextExpiry: output.nextExpiry)
        board.replace(with: publication)
        board.confirm(at: seen)
        sessions.published(publication, after: before)
        observations.retain(publication.nodes.keys)
        write(
            output, RunReport(output, findings.unaccepted, warnings: findings.warnings), publication,
            started.duration(to: .now))
    }

    /// Puts up what was published last, as it is: for a controller that starts in a moment in which it may not go on.
    private func serveLast() async {
        do {
            guard let state = stateBranch.lastSeen else { return }
            let previous = try await stateBranch.read(at: state)
            guard let source = previous.sourceCommit, let commit = ObjectID(source.description) else { return }
            let tree = try await store.tree(at: commit)
            let everyone = Set(previous.tenants.keys).union(tree.manifests.tenants.keys)
            let survey = Reconciler.Survey(
                Reconciler.Input(
                    tree: tree, commit: source, commitTime: previous.evaluationTime, previous: previous,
                    lastGood: try await lastGood(of: previous), now: previous.evaluationTime,
                    settings: stateBranch.settings, unaccepted: Unaccepted(holding: everyone)))
            var reconciler = Reconciler()
            let output = reconciler.reconcile(survey, allowing: [:])
            guard output.change.isEmpty else { return }
            let publication = try Publisher().publication(output, source: commit, state: state, previous: nil)
            board.replace(with: publication)
            sessions.published(publication, after: nil)
            logger.notice("what was published last is served", metadata: ["height": "\(previous.height)"])
        } catch {
            logger.warning("what was published last cannot be served", metadata: ["error": "\(error)"])
        }
    }

    /// What the tenants of the previous state were made from: of the last run where that is the same, else read.
    private func lastGood(of previous: PublishedState) async throws -> [String: TenantController.InForce] {
        let lastGood = try await LastGood(of: previous, knowing: last?.inForce ?? [:], in: repository, store)
        for commit in lastGood.gone {
            logger.warning("the last good commit of a tenant is gone", metadata: ["commit": "\(commit.short)"])
        }
        return lastGood.tenants
    }

    /// What the commits since allow to be destroyed, of the tenants whose change goes past the limit.
    private func allowances(for survey: Reconciler.Survey) async throws -> [String: PruneAllowances] {
        let found = try await PruneAllowanceReader(repository).allowances(for: survey)
        if found.notSearched > 0 {
            logger.warning(
                "too many tenants lose too much at once: the commits of the others were not searched for what they allow",
                metadata: [
                    "tenants": "\(PruneAllowanceReader.mostSearches + found.notSearched)",
                    "searched": "\(PruneAllowanceReader.mostSearches)",
                ])
        }
        return found.allowances
    }

    private func warnOfRewriting(_ main: ObjectID) async throws {
        guard let last, last.main != main else { return }
        let isForward = await repository.perform { (try? $0.isAncestor(last.main, of: main)) ?? false }
        guard !isForward else { return }
        logger.warning(
            "a branch was rewritten: history that was published is gone from it",
            metadata: ["branch": "\(branch)", "from": "\(last.main.short)", "to": "\(main.short)"])
    }

    // MARK: Saying what happened

    private func write(
        _ output: Reconciler.Output, _ report: RunReport, _ publication: Publication, _ time: Duration
    ) {
        let milliseconds = Double(time.components.seconds) * 1000 + Double(time.components.attoseconds) / 1e15
        let isHeld = !output.held.isEmpty || !output.commitProblems.isEmpty
        status.update { status in
            status.phase = isHeld ? .heldBack : .inForce
            status.sourceCommit = publication.sourceCommit.description
            status.stateCommit = publication.stateCommit?.description
            status.height = publication.height
            status.evaluationTime = output.change.next.evaluationTime.description
            status.errors = report.errors
            status.authorization = history.mode.rawValue
            status.warnings = report.warnings
            status.tenants = report.tenants
            status.reconcileMilliseconds = milliseconds
            status.reconciles += 1
        }
        let counts = output.change.plan.counts
        logger.info(
            output.change.isEmpty ? "reconciled, nothing changed" : "reconciled and published",
            metadata: [
                "commit": "\(publication.sourceCommit.short)", "height": "\(publication.height)",
                "created": "\(counts.created)", "updated": "\(counts.updated)", "deleted": "\(counts.deleted)",
                "nodes": "\(publication.nodes.count)", "ms": "\(Int(milliseconds))",
            ])
        for problem in output.commitProblems.prefix(20) {
            logger.error("the commit is held back", metadata: ["error": "\(problem)"])
        }
        for (name, problems) in report.held {
            for problem in problems.prefix(20) {
                logger.error(
                    "a tenant is held back at its last good commit",
                    metadata: ["tenant": "\(name)", "error": "\(problem)"])
            }
        }
    }
}

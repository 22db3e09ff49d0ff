internal import Authorization
internal import GitRepository
internal import Manifests
internal import OverlayNetwork
internal import Trust

/// Takes the state commits in their order.
struct StateVerifier {
    private let repository: Repository
    private let mainTip: ObjectID
    private let replays: Bool
    private let blobs: BlobReader
    private var walk: StateWalk
    private var replayer: StateReplayer
    private var signatures: StateSignatures
    private var judging: MainJudging
    private var last: (step: StateStep, tenants: [String: TenantState])?
    private var trail: EvidenceTrail

    init(_ repository: Repository, _ chain: RootChain, mainTip: ObjectID, replays: Bool) {
        self.repository = repository
        self.mainTip = mainTip
        self.replays = replays
        blobs = BlobReader(repository)
        walk = StateWalk(repository, blobs)
        trail = EvidenceTrail(blobs)
        replayer = StateReplayer(repository)
        signatures = StateSignatures(chain.roots.map(\.document))
        judging = MainJudging(repository, chain)
    }

    var height: UInt64 { last?.step.height ?? 0 }
    var commitCount: Int { judging.order.count }

    /// What is wrong with one commit keeps nobody from looking at the next.
    mutating func take(_ commit: Commit, _ findings: inout Findings) async throws {
        let object = try await repository.commitBytes(commit.id)
        do throws(StateSignatures.Refusal) {
            try signatures.take(object, parents: commit.parents.count)
        } catch {
            findings.add(.error, commit.id, "state", "\(error)")
        }
        let step: StateStep
        do {
            step = try await walk.step(to: commit)
        } catch {
            findings.add(.error, commit.id, "state", "\(error)")
            return
        }
        for offence in try trail.take(step) { findings.add(.error, commit.id, offence.path, offence.reason) }
        let tenants = try checkGenerations(step, &findings)
        do {
            try await judging.advance(to: step.source, trail)
        } catch {
            findings.add(.error, step.source, "main", "\(error)")
        }
        try await checkPlace(step, &findings)
        if replays { try await replay(commit, &findings) }
        last = (step, tenants)
    }

    /// What came to main since.
    mutating func finish(at tip: ObjectID, _ findings: inout Findings) async throws {
        do {
            try await judging.advance(to: tip, trail)
        } catch {
            findings.add(.error, tip, "main", "\(error)")
        }
        for rewriting in judging.rewritings { findings.add(.error, rewriting.tip, "main", "\(rewriting)") }
        for problem in trail.problems { findings.add(.note, problem.commit, "approval", problem.text) }
        if trail.rootVersion == 0 {
            findings.add(.note, nil, "main", "no root document is in the state branch: nobody's commits are judged")
        }
        for id in judging.order {
            guard let refusals = judging.verdicts[id]?.refusals else { continue }
            for refusal in refusals { findings.add(.note, id, "refused", "\(refusal)") }
        }
    }

    // MARK: One state

    private func checkPlace(_ step: StateStep, _ findings: inout Findings) async throws {
        let (id, source, tip) = (step.commit.id, step.source, mainTip)
        if step.height != height + 1 {
            findings.add(.error, id, "state", "height \(step.height) after \(height)")
        }
        if step.commit.parents.first != last?.step.commit.id, step.commit.parents.count < 2 {
            findings.add(.error, id, "state", "it does not follow the state before it")
        }
        if step.commit.source != source {
            findings.add(.error, id, "state", "its trailer names another commit of main than state.json")
        }
        let before = last?.step.source
        let (isOnMain, isForward) = await repository.perform { repository in
            (
                (try? repository.isAncestor(source, of: tip)) ?? false,
                before.map { (try? repository.isAncestor($0, of: source)) ?? false } ?? true
            )
        }
        if !isOnMain {
            findings.add(.error, id, "state", "its source \(source.short) is not on main")
        } else if !isForward, !(before.map(judging.isReplaced) ?? false) {
            findings.add(
                .error, id, "state", "its source \(source.short) is not after \(before?.short ?? "the one before")")
        }
    }

    /// A generation never goes back, and one generation is one configuration.
    private func checkGenerations(
        _ step: StateStep, _ findings: inout Findings
    ) throws -> [String: TenantState] {
        var tenants = last?.tenants ?? [:]
        for name in step.changed.keys {
            let files = step.files.keys.filter { $0.tenant == name }
            let state: TenantState?
            do {
                state = try blobs.state(files, step.files, step.commit.id).tenants[name]
            } catch {
                findings.add(.error, step.commit.id, "tenant \(name)", "\(error)")
                continue
            }
            for node in (state?.nodeNames ?? []).sorted() {
                guard let now = state?.published(node) else { continue }
                let before = tenants[name]?.published(node)
                let isSame = before?.generation == now.generation
                let isRight =
                    isSame
                    ? before?.digest == now.digest
                    : now.generation == step.height && before?.generation ?? 0 < now.generation
                if !isRight {
                    findings.add(
                        .error, step.commit.id, "node \(name)/\(node)",
                        "generation \(now.generation) after \(before.map { "\($0.generation)" } ?? "none") at height "
                            + "\(step.height)")
                }
            }
            tenants[name] = state
        }
        return tenants
    }

    private mutating func replay(_ commit: Commit, _ findings: inout Findings) async throws {
        do {
            for difference in try await replayer.replay(commit, without: judging.unaccepted).differences {
                findings.add(.error, commit.id, "replay", "\(difference)")
            }
        } catch {
            findings.add(.error, commit.id, "replay", "\(error)")
        }
    }
}

package import GitRepository

/// Judges a history commit by commit, from its first one, or from one that a superadmin has adopted. Pure: it depends on
/// the commits, on what was approved, and on which commits main was seen at.
///
/// A commit with one parent is judged by what is accepted at that parent. What a merge brings is explained by the commits
/// that main gains with it, each of which is judged by itself (`BranchFold`); all else is the merge's own (`MergeComparison`).
///
///     main   A ── B ───────── M        M = what B has, with what X and Y change, judged under B's roles, which were not
///              ╲            ╱              theirs to change; where M says something else, whoever signed M says it
///               X ──────── Y
///
/// A value keeps what is accepted at every commit that it has judged, so that a branch may begin anywhere, and going on
/// costs what is new. Equal parts are shared: about 200 bytes a commit.
package struct HistoryJudge: Sendable {
    /// Holds for commits that are new from now on. Those before were judged by the root that was in force, and still are.
    package var root: RootAuthority {
        didSet { era = root }
    }
    /// The one that new commits are judged by: an older one, while history is judged again.
    var era: RootAuthority
    package private(set) var approvals: Approvals
    /// Where main was last seen.
    package private(set) var tip: ObjectID?
    /// What is accepted there.
    package private(set) var accepted: AcceptedState
    private let keys: KeyCache
    private var records = HistoryRecords()
    private(set) var eras = RootEras()
    /// The commits that main is known to have gone over, with how far along it they are.
    private var mainLine: [ObjectID: Int] = [:]

    package init(root: RootAuthority, approvals: Approvals = Approvals()) {
        self.root = root
        era = root
        self.approvals = approvals
        accepted = AcceptedState(root)
        keys = KeyCache()
    }

    /// What was accepted at any commit that was judged.
    package func accepted(at commit: ObjectID) -> AcceptedState? { records.state(at: commit) }

    package mutating func advance(
        to tip: ObjectID, through seen: [ObjectID] = [], in repository: Repository
    ) async throws -> [CommitVerdict] {
        try await advance(to: tip, through: seen, in: RepositoryHistory(repository))
    }

    /// Judges what is new since the last call, parents before children. Where it throws, nothing has changed.
    ///
    /// Throws `RewrittenHistory` where main no longer has the commit that it was last seen at, and no superadmin has adopted
    /// a commit of the new history in its place.
    ///
    /// - Parameter seen: where main was on the way, the oldest first: what the state branch says of that. Comes to the same as
    ///   going to each of them, and reads all at once.
    package mutating func advance(
        to tip: ObjectID, through seen: [ObjectID] = [], in source: some HistorySource
    ) async throws -> [CommitVerdict] {
        guard tip != self.tip || !records.contains(tip) else { return [] }
        let seen = seen.filter { $0 != tip && mainLine[$0] == nil }
        let plan = try await plan(to: tip, through: seen, in: source)
        if plan.isRewritten, !seen.isEmpty {
            var verdicts: [CommitVerdict] = []
            for commit in seen + [tip] { verdicts += try await advance(to: commit, in: source) }
            return verdicts
        }
        if plan.isRewritten, let last = self.tip { return try await begin(anew: tip, replacing: last, in: source) }
        // In place: a copy would cost as much as there are commits.
        let count = records.count
        do {
            var present: Roster?
            if plan.steps.contains(where: { approvals.hasNew(of: $0.node.id) }) {
                // What people are now must not depend on what they approve now.
                _ = try await judge(plan, present: nil, in: source)
                present = records.state(at: tip)?.roster
                present?.set(superadmins: root.superadmins)
                records.truncate(to: count)
            }
            let verdicts = try await judge(plan, present: present, in: source)
            accepted = records.state(at: tip) ?? AcceptedState(era)
            mainLine.merge(plan.ranks) { $1 }
            eras.add(plan.steps.lazy.map(\.node.id), era)
            self.tip = tip
            return verdicts
        } catch {
            records.truncate(to: count)
            throw error
        }
    }

    /// Takes a history that has not the commit which main was last seen at.
    private mutating func begin(
        anew tip: ObjectID, replacing last: ObjectID, in source: some HistorySource
    ) async throws -> [CommitVerdict] {
        var anew = HistoryJudge(root: root, approvals: approvals)
        (anew.era, anew.eras) = (era, eras)
        let plan = try await anew.plan(to: tip, in: source)
        guard plan.mainLine.contains(where: { adoption(of: $0, replacing: last) != nil }) else {
            throw RewrittenHistory(last: last, tip: tip)
        }
        let verdicts = try await anew.advance(to: tip, in: source)
        self = anew
        return verdicts
    }

    /// Forgets all of main. What is next is its beginning.
    mutating func forget() {
        (tip, records, mainLine, accepted) = (nil, HistoryRecords(), [:], AcceptedState(era))
    }

    /// Takes other approvals; what they concern is judged again by the next `advance`.
    package mutating func set(_ approvals: Approvals) {
        records.truncate(from: approvals.commits(differingFrom: self.approvals))
        self.approvals = approvals
    }

    private func plan(
        to tip: ObjectID, through seen: [ObjectID] = [], in source: some HistorySource
    ) async throws -> HistoryPlan {
        try await HistoryPlan(
            to: tip, through: (self.tip.map { [$0] } ?? []) + seen, known: mainLine, records,
            adoption: { adoption(of: $0) }, in: source)
    }

    private func adoption(of commit: ObjectID, replacing last: ObjectID? = nil) -> Approvals.Adoption? {
        let judging = eras[commit] ?? era
        return approvals.adoptions[commit]?.first {
            (last == nil || $0.replaces == last) && judging.superadmin($0.key) != nil
                && ($0.isRecorded || root.superadmin($0.key) != nil)
        }
    }

    // MARK: - Judging

    private mutating func judge<Source: HistorySource>(
        _ plan: HistoryPlan, present: Roster?, in source: Source
    ) async throws -> [CommitVerdict] {
        let reader = EvidenceReader(source: source, root: root, approvals: approvals, present: present, keys: keys)
        var verdicts: [CommitVerdict] = []
        var start = 0
        while start < plan.steps.count {
            let window = plan.steps[start..<min(plan.steps.count, start + EvidenceReader<Source>.window)]
            let evidence = try await reader.read(window)
            start += evidence.count
            for (step, evidence) in zip(window, evidence) {
                verdicts.append(try await self.judge(step, evidence, reader))
            }
        }
        return verdicts
    }

    private func state(before step: HistoryPlan.Step) -> AcceptedState? {
        if let base = step.base { return records.state(at: base) }
        return step.isBeforeBeginning || records.isAdopted ? nil : AcceptedState(era)
    }

    private mutating func judge(
        _ step: HistoryPlan.Step, _ evidence: CommitEvidence, _ reader: EvidenceReader<some HistorySource>
    ) async throws -> CommitVerdict {
        let id = step.node.id
        let root = eras[id] ?? era
        var state = self.state(before: step)
        state?.set(root)
        var (changes, ruling, people) = ([ChangeKey: Difference](), CommitRuling(), [String?: Roster.Person]())
        if var accepted = state {
            let before = accepted
            changes = accepted.settle(evidence.delta)
            if step.node.parents.count > 1, let base = step.base {
                ruling = try await MergeJudge(reader: reader, records: records).rule(
                    changes, evidence, onto: base, state: before, counting: &accepted.tokenUses)
            } else {
                ruling = CommitJudge().rule(changes, evidence, under: before, counting: &accepted.tokenUses)
            }
            accepted.take(changes, ruling, of: id)
            for tenant in Set(changes.keys.map(\.tenant)) {
                people[tenant] = evidence.proof.key.flatMap { before.roster.person($0, in: tenant) }
            }
            state = accepted
        }
        if step.adoption != nil {
            records.begin()
            state = AcceptedState(root, adopting: try await reader.source.tenants(of: id))
        }
        records.add(id, state, rank: step.rank)
        return CommitVerdict(
            commit: id, parents: step.node.parents, base: step.base, isOnMain: step.isOnMain, proof: evidence.proof,
            people: people, changes: ChangeSet(changes), judgement: state == nil ? nil : ruling.judgement,
            approvers: evidence.supporters.allApprovers, adoption: step.adoption,
            isEnrollment: evidence.enrollment != nil)
    }
}

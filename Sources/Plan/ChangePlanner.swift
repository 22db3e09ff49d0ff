package import GitRepository
internal import Lint
internal import ManifestSource
package import Manifests
package import OverlayNetwork

/// Makes plans for a repository: reads what it needs of both sides and of what is published, and lets each tenant be
/// planned.
package struct ChangePlanner: Sendable {
    package let repository: Repository
    package let stateBranch: String
    /// What `expires` is compared with.
    package let time: Timestamp
    package let limit: PruneLimit
    /// So many unchanged files of nodes are read whatever they say; of more only those that can be concerned.
    private let manyFiles: Int

    package init(
        _ repository: Repository, stateBranch: String = "cvlan-state", at time: Timestamp,
        limit: PruneLimit = .standard, manyFiles: Int = 8192
    ) {
        self.repository = repository
        self.stateBranch = stateBranch
        self.time = time
        self.limit = limit
        self.manyFiles = manyFiles
    }

    /// From one commit to another.
    package func plan(_ range: PlanRange) async throws -> ChangePlan {
        let (base, head) = try await resolve(range)
        return try await plan(
            from: PlanSide(name: range.base, commit: base?.description, isWorkingTree: false),
            to: PlanSide(name: range.head, commit: head.description, isWorkingTree: false), base: base, head: head)
    }

    /// From a commit to what is in the working tree, committed or not.
    package func planWorkingTree(against revision: String = "HEAD") async throws -> ChangePlan {
        let base = try await resolve(revision)
        return try await plan(
            from: PlanSide(name: revision, commit: base?.description, isWorkingTree: false),
            to: PlanSide(name: repository.workingTree ?? "", commit: nil, isWorkingTree: true), base: base, head: nil)
    }

    /// - Parameter head: `nil`: the working tree.
    private func plan(
        from oldSide: PlanSide, to newSide: PlanSide, base: ObjectID?, head: ObjectID?
    ) async throws -> ChangePlan {
        let pair = try await pair(base, head)
        let read = try ReadManifests(pair, manyFiles: manyFiles)
        let state = try await StateReader(stateBranch, in: repository)
        let new = Faults(of: read, .head, at: time)
        // The base was judged before: its faults matter only where something else than it is in force.
        var old: Faults?
        var tenants: [TenantPlan] = []
        for name in read.touched.union(new.byTenant.keys).sorted() {
            var last = try await lastGood(of: name, state, base)
            if last != nil {
                let faults = old ?? Faults(of: read, .base, at: time)
                old = faults
                if !faults.holdBack(name) { last = nil }
            }
            let planner = try await planner(name, read, state, inForceBefore: last, base: base, head: head)
            tenants.append(planner.plan(new.common + (new.byTenant[name] ?? [])))
        }
        let published = try await basis(state, base)
        return ChangePlan(
            base: oldSide, head: newSide, published: published, time: time, findings: new.common,
            tenants: tenants.filter { $0.hasChanges || !$0.findings.isEmpty })
    }

    /// - Parameter last: takes the place of the base for a tenant that is held back there.
    private func planner(
        _ name: String, _ read: ReadManifests, _ state: StateReader?, inForceBefore last: ObjectID?, base: ObjectID?,
        head: ObjectID?
    ) async throws -> TenantPlanner {
        guard let last else { return try await planner(name, read, state, nil, base: base, head: head) }
        let pair = try await pair(last, head)
        let read = try ReadManifests(pair, manyFiles: manyFiles)
        return try await planner(name, read, state, last, base: last, head: head)
    }

    private func pair(_ base: ObjectID?, _ head: ObjectID?) async throws -> ManifestPair {
        if let head { return try await ManifestPair(from: base, to: head, in: repository) }
        return try await ManifestPair(from: base, toWorkingTreeOf: repository)
    }

    /// The commit that is in force for a tenant, where that is known, there, and not the base.
    private func lastGood(of tenant: String, _ state: StateReader?, _ base: ObjectID?) async throws -> ObjectID? {
        guard let state = try state?.tenant(tenant, networks: .some([])),
            let commit = ObjectID(state.sourceCommit.description), commit != base
        else { return nil }
        return await repository.perform { (try? $0.commit(commit)) != nil } ? commit : nil
    }

    private func planner(
        _ name: String, _ read: ReadManifests, _ state: StateReader?, _ last: ObjectID?, base: ObjectID?,
        head: ObjectID?
    ) async throws -> TenantPlanner {
        let (old, new) = (read.base.tenants[name], read.head.tenants[name])
        let declared = read.declared.filter { $0.tenant == name }
        let changed = declared.filter { old?.resource($0) != new?.resource($0) }
        let affected = AffectedNetworks(changed, from: old, to: new)
        let plansAll = Self.plansAllPrefixes(name, changed, affected, old, new, state)
        let radius = BlastRadius(from: old, to: new, at: time, limit: limit)
        let paths = Set(read.oldTenants.filter { $0.value.contains(name) }.keys)
        return TenantPlanner(
            name: name, base: old, head: new, declared: Array(declared), undecodable: read.head.undecodable,
            inForceBefore: last?.description,
            published: try state?.tenant(name, networks: plansAll ? .all : affected), plansAllPrefixes: plansAll,
            affected: affected, time: time, source: Self.source(base), radius: radius,
            allowances: radius.isWithinLimit ? .none : try await allowances(from: base, to: head, changing: paths),
            isPartlyRead: read.isPartial)
    }

    /// What commits of the range say may be destroyed. What is not committed says nothing.
    private func allowances(
        from base: ObjectID?, to head: ObjectID?, changing paths: Set<String>
    ) async throws -> PruneAllowances {
        guard let base, let head else { return .none }
        return PruneAllowances(
            trailerValues: try await repository.vouchers(
                PruneAllowance.trailer, of: head, since: base, changing: paths))
    }

    /// Prefixes of networks can depend on each other when one comes, goes or is cut anew.
    private static func plansAllPrefixes(
        _ name: String, _ changed: Set<ResourceID>, _ affected: AffectedNetworks, _ old: TenantManifests?,
        _ new: TenantManifests?, _ state: StateReader?
    ) -> Bool {
        guard case .some(let networks) = affected, let old, let new,
            !changed.contains(where: { $0.kind == .cvlan || $0.kind == .tenant })
        else { return true }
        return networks.contains { network in
            [old, new].contains { $0.cvlans[network]?.isAuto ?? false } && state?.holds(network, of: name) != true
        }
    }

    /// Only names what a state that is never written would come from.
    private static func source(_ base: ObjectID?) -> SourceCommit {
        let none = String(repeating: "0", count: 2 * ObjectID.byteCount)
        guard let source = SourceCommit(base?.description ?? none) else {
            preconditionFailure("the text of an object id is that of a commit")
        }
        return source
    }

    private func basis(_ state: StateReader?, _ base: ObjectID?) async throws -> PublishedBasis {
        guard let state else { return .none(branch: stateBranch) }
        guard let source = state.root.sourceCommit, let commit = ObjectID(source.description) else {
            return .other(branch: state.branch, height: state.root.height, source: "nothing", files: 0)
        }
        if commit == base { return .current(branch: state.branch, height: state.root.height) }
        let changes = try? await repository.changes(from: commit, to: base ?? commit)
        let files = (changes ?? []).count { ($0.old ?? $0.new)?.isManifest ?? false }
        guard files > 0 || changes == nil else {
            return .current(branch: state.branch, height: state.root.height)
        }
        return .other(
            branch: state.branch, height: state.root.height, source: source.description, files: files)
    }
}

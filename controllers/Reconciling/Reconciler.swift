internal import GitRepository
internal import Lint
package import ManifestSource
package import Manifests
package import OverlayNetwork

/// The pure heart of the controller: the main commit, the previous state and a time go in, the next state and every
/// node's config come out. No clock, no randomness, no I/O; the same input gives the same bytes everywhere.
///
///     lint ─▶ TenantController ─▶ CVLANController ─▶ PolicyController ─▶ NodeController ─▶ StateChange
///              which manifests     prefixes and       what may flow       each node's       what to
///              are in force        addresses                              config            commit
package struct Reconciler: Sendable {
    package struct Input: Sendable {
        package let tree: SourceTree
        package let commit: SourceCommit
        /// The commit's author time.
        package let commitTime: Timestamp
        package let previous: PublishedState
        /// What the previous state was made from: each of its tenants at the commit that it names.
        package let lastGood: [String: TenantController.InForce]
        /// Only says which expiries have passed.
        package let now: Timestamp
        package let settings: StateSettings
        /// What the next state is to keep for whoever checks it.
        package let evidence: StateEvidence
        /// What of the commit is not to be published.
        package let unaccepted: Unaccepted
        /// Whether other people may change things from this commit on.
        package let isPlace: Bool

        package init(
            tree: SourceTree, commit: SourceCommit, commitTime: Timestamp, previous: PublishedState,
            lastGood: [String: TenantController.InForce], now: Timestamp, settings: StateSettings,
            evidence: StateEvidence = StateEvidence(), unaccepted: Unaccepted = .none,
            isPlace: Bool = false
        ) {
            self.tree = tree
            self.commit = commit
            self.commitTime = commitTime
            self.previous = previous
            self.lastGood = lastGood
            self.now = now
            self.settings = settings
            self.evidence = evidence
            self.unaccepted = unaccepted
            self.isPlace = isPlace
        }
    }

    package struct Output: Sendable {
        package let change: StateChange
        package let tenants: [String: CompiledTenant]
        package let inForce: [String: TenantController.InForce]
        package let held: [String: [Problem]]
        package let commitProblems: [Problem]
        package let warnings: [String]
        package let evaluationTime: Timestamp
        /// When to look again though no commit comes.
        package let nextExpiry: Timestamp?
    }

    /// Tenants that are as they were at the last run; what is in it changes no result, only its cost.
    package private(set) var cache = CompileCache()

    package init() {}

    /// - Parameter allowances: what commits say may be destroyed, of the tenants whose change goes past the limit.
    package mutating func reconcile(_ survey: Survey, allowing allowances: [String: PruneAllowances]) -> Output {
        let (input, time) = (survey.input, survey.time)
        let controller = TenantController(survey, allowances)
        var decision = controller.decide(Linter(at: time).findings(in: survey.manifests))

        var compiled: [String: CompiledTenant] = [:]
        var states: [String: TenantState] = [:]
        var next = CompileCache()
        var names = GatewayNames(reserved: input.settings.reservedNames)
        // The first tenant by name has a name that several claim, so what is in force of it is settled first.
        for (name, inForce) in decision.inForce.sorted(by: { $0.key < $1.key }) {
            let previous = input.previous.tenants[name]
            var chosen = inForce
            var refused = names.refused(to: chosen.manifests, at: time)
            var result = compile(name, chosen, previous, input, time, refusing: refused)
            if case .failure(let rejection) = result, let last = input.lastGood[name] {
                decision.held[name, default: []] += rejection.problems
                chosen = last
                decision.inForce[name] = last
                refused = names.refused(to: chosen.manifests, at: time)
                result = compile(name, last, previous, input, time, refusing: refused)
            }
            names.grant(chosen.manifests, at: time)
            switch result {
            case .success(let tenant):
                compiled[name] = tenant
                states[name] = tenant.state
                next.put(tenant, name, chosen, time, refusing: refused)
            case .failure(let rejection):
                // Not even the last good manifests can be carried out: what is published stays as it is.
                let known = decision.held[name] ?? []
                decision.held[name] = known + rejection.problems.filter { !known.contains($0) }
                decision.inForce[name] = nil
                states[name] = previous
            }
        }
        // Nor does a tenant go that is held back where its last good manifests cannot be read.
        for (name, previous) in input.previous.tenants
        where states[name] == nil && (decision.held[name] != nil || !decision.commitProblems.isEmpty) {
            states[name] = previous
        }
        cache = next
        return Output(
            change: StateChange(
                from: input.previous, tenants: states, sourceCommit: input.commit, evaluationTime: time,
                evidence: input.evidence, isPlace: input.isPlace),
            tenants: compiled, inForce: decision.inForce, held: decision.held, commitProblems: decision.commitProblems,
            warnings: input.unaccepted.warnings + decision.warnings.map(\.description) + Self.refusals(compiled),
            evaluationTime: time,
            nextExpiry: survey.nextExpiry)
    }

    private static func refusals(_ tenants: [String: CompiledTenant]) -> [String] {
        tenants.sorted { $0.key < $1.key }.flatMap { $0.value.refusals.map(\.description) }
    }

    private func compile(
        _ name: String, _ inForce: TenantController.InForce, _ previous: TenantState?, _ input: Input,
        _ time: Timestamp, refusing refusedNames: Set<String>
    ) -> Result<CompiledTenant, TenantRejection> {
        if let known = cache.get(name, inForce, previous, time, refusing: refusedNames) { return .success(known) }
        let tenantInput = TenantInput(
            manifests: inForce.manifests, sourceCommit: inForce.sourceCommit, previous: previous, time: time,
            height: input.previous.height + 1, refusedNames: refusedNames)
        do throws(NetworkErrors) {
            let tenant = try Self.compile(tenantInput)
            // Tests judge a change. What was in force already stays so, even where an expiry makes a test fail.
            let isNew = input.lastGood[name].map { $0.sourceCommit != inForce.sourceCommit } ?? true
            let failures =
                isNew
                ? try PolicyController().failedTests(
                    of: try TenantInForce(inForce.manifests, at: time), in: tenant.networks) : []
            return failures.isEmpty ? .success(tenant) : .failure(TenantRejection(problems: failures))
        } catch {
            return .failure(TenantRejection(problems: error.errors.map(Problem.init)))
        }
    }

    /// One tenant, by the controllers in their order.
    package static func compile(_ input: TenantInput) throws(NetworkErrors) -> CompiledTenant {
        let tenant = try TenantInForce(input.manifests, at: input.time, refusing: input.refusedNames)
        let networks = try CVLANController(previous: input.previous).resolve(tenant)
        var filtered: [(network: ResolvedNetwork, filter: CompiledFilter)] = []
        for network in networks {
            filtered.append((network, try PolicyController().compile(network, in: tenant)))
        }
        return NodeController().assemble(filtered, in: tenant, input)
    }
}

/// Manifests that are well-formed and yet cannot be put in force.
struct TenantRejection: Error {
    let problems: [Problem]
}

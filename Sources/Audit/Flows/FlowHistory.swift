package import GitRepository
package import Manifests
internal import OverlayNetwork
package import Plan

/// Answers who could reach whom at a moment of the past: from the manifests and the addresses that the state in force then
/// names, and nothing else.
package struct FlowHistory: Sendable {
    /// A state commit, and what it says of the flow.
    package struct Moment: Sendable {
        package let state: ObjectID
        package let height: UInt64
        package let source: ObjectID
        package let inForce: Timestamp
        package let answer: FlowLookup.Answer?
        /// Why there is no answer: an end did not exist then.
        package let problem: String?
        /// What main gained with it and that changes manifests of the tenant, the first one first.
        package internal(set) var commits: [Commit] = []

        package var isOpen: Bool { answer?.explanation.isOpen ?? false }
    }

    package struct Finding: Sendable {
        package let tenant: String
        package let date: Timestamp
        /// In force at the date.
        package let moment: Moment
        /// The first of the unbroken line of states that say the same as the one at the date: what made it so.
        package let since: Moment
        /// The first after the date that says otherwise.
        package let until: Moment?
    }

    private let repository: Repository
    private let stateBranch: String

    package init(_ repository: Repository, stateBranch: String) {
        self.repository = repository
        self.stateBranch = stateBranch
    }

    /// - Parameters:
    ///   - source: as of `cvlan why`: a node, TENANT/NODE, an address.
    ///   - destination: the same, with the service.
    package func could(
        from source: String, to destination: String, tenant: String?, at date: Timestamp
    ) async throws -> Finding {
        let history = try await StateHistory(stateBranch, in: repository)
        var versions = TenantVersions(repository)
        var walk = StateWalk(repository, versions.blobs)
        var steps: [StateStep] = []
        var position: Int?
        for commit in history.commits {
            let step = try await walk.step(to: commit)
            if step.inForce <= date { position = steps.count }
            steps.append(step)
        }
        guard let position else {
            let first = steps.first.map { ": the first state counts from \($0.inForce)" } ?? ""
            throw AuditError("nothing was published yet at \(date)\(first)")
        }
        // The tenant is settled by who was there then, or later, or before.
        let (answer, first) = try await settle(source, destination, tenant, steps, position, &versions)
        let flow = Flow(source: source, destination: destination, tenant: answer)
        var moments: [Int: Moment] = [position: first]
        func moment(_ index: Int, _ versions: inout TenantVersions) async throws -> Moment {
            if let known = moments[index] { return known }
            let moment = try await self.moment(flow, steps[index], &versions)
            moments[index] = moment
            return moment
        }
        let now = try await moment(position, &versions)
        var since = position
        var index = position
        while index > 0 {
            // A state that leaves the tenant as it was says the same.
            if steps[index].changed[answer] != nil {
                since = index
                guard try await moment(index - 1, &versions).isOpen == now.isOpen else { break }
            }
            index -= 1
            if index == 0 { since = 0 }
        }
        var until: Int?
        for index in steps.indices.dropFirst(position + 1) where steps[index].changed[answer] != nil {
            guard try await moment(index, &versions).isOpen != now.isOpen else { continue }
            until = index
            break
        }
        var begin = try await moment(since, &versions)
        begin.commits = try await gained(steps, since, answer)
        var end: Moment?
        if let until {
            end = try await moment(until, &versions)
            end?.commits = try await gained(steps, until, answer)
        }
        return Finding(tenant: answer, date: date, moment: now, since: begin, until: end)
    }

    /// The states at which a flow opened or closed, from the first that was published on.
    package func changes(
        from source: String, to destination: String, tenant: String?
    ) async throws -> (tenant: String, states: Set<ObjectID>) {
        let history = try await StateHistory(stateBranch, in: repository)
        var versions = TenantVersions(repository)
        var walk = StateWalk(repository, versions.blobs)
        var steps: [StateStep] = []
        for commit in history.commits { steps.append(try await walk.step(to: commit)) }
        guard !steps.isEmpty else { throw AuditError("nothing was published yet") }
        let name = try await settle(source, destination, tenant, steps, steps.count - 1, &versions).tenant
        let flow = Flow(source: source, destination: destination, tenant: name)
        var states: Set<ObjectID> = []
        var wasOpen = false
        for step in steps where step.changed[name] != nil {
            let isOpen = try await moment(flow, step, &versions).isOpen
            if isOpen != wasOpen { states.insert(step.commit.id) }
            wasOpen = isOpen
        }
        return (name, states)
    }

    private struct Flow {
        let source: String
        let destination: String
        let tenant: String
    }

    private func settle(
        _ source: String, _ destination: String, _ tenant: String?, _ steps: [StateStep], _ position: Int,
        _ versions: inout TenantVersions
    ) async throws -> (tenant: String, Moment) {
        var failure: PlanError?
        // Of whom nothing is known then, there may have been something later, or before.
        for index in [position] + steps.indices.reversed() {
            let all = try await versions.all(at: steps[index])
            let lookup = FlowLookup(
                Dictionary(all.map { ($0.name, $0.manifests) }) { first, _ in first },
                published: Dictionary(all.map { ($0.name, $0.state) }) { first, _ in first },
                at: steps[index].evaluationTime)
            do {
                let name = try lookup.answer(from: source, to: destination, tenant: tenant).tenant
                let flow = Flow(source: source, destination: destination, tenant: name)
                return (name, try await moment(flow, steps[position], &versions))
            } catch let error as PlanError {
                failure = failure ?? error
            }
        }
        throw failure ?? PlanError("nothing was published yet")
    }

    private func moment(_ flow: Flow, _ step: StateStep, _ versions: inout TenantVersions) async throws -> Moment {
        guard let version = try await versions.tenant(flow.tenant, at: step) else {
            return Moment(step, nil, "there was no tenant \(flow.tenant)")
        }
        let lookup = FlowLookup(
            [flow.tenant: version.manifests], published: [flow.tenant: version.state], at: version.time)
        do {
            let answer = try lookup.answer(from: flow.source, to: flow.destination, tenant: flow.tenant)
            return Moment(step, answer, nil)
        } catch let error as PlanError {
            return Moment(step, nil, error.description)
        } catch let errors as NetworkErrors {
            return Moment(step, nil, errors.errors.map(\.description).joined(separator: "; "))
        }
    }

    private func gained(_ steps: [StateStep], _ index: Int, _ tenant: String) async throws -> [Commit] {
        let before = index > 0 ? steps[index - 1].source : nil
        let source = steps[index].source
        return try await GainedCommits(repository).commits(to: source, notIn: before, of: tenant)
    }
}

extension FlowHistory.Moment {
    fileprivate init(_ step: StateStep, _ answer: FlowLookup.Answer?, _ problem: String?) {
        self.init(
            state: step.commit.id, height: step.height, source: step.source, inForce: step.inForce, answer: answer,
            problem: problem)
    }
}

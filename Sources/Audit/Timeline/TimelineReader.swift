package import GitRepository
internal import Manifests
internal import OverlayNetwork
internal import Plan

/// Reads the history of main and of the state branch, and puts both in one order: commits of main before the state that was
/// made with them.
package struct TimelineReader: Sendable {
    package let repository: Repository
    package let branch: String
    package let stateBranch: String

    package init(_ repository: Repository, branch: String = "main", stateBranch: String = "cvlan-state") {
        self.repository = repository
        self.branch = branch
        self.stateBranch = stateBranch
    }

    /// - Parameter states: only these publications, and the commits that they were made with; `nil`: all.
    package func read(_ filter: AuditFilter, onlyStates states: Set<ObjectID>? = nil) async throws -> Timeline {
        let (mainBranch, mainTip) = try await tip()
        let judged = try await Standings(repository, mainTip: mainTip, stateBranch: stateBranch)
        var entries: [AuditEntry] = []
        var remarks = judged.remarks
        var last: ObjectID?
        var stateTip: ObjectID?
        var reader = EntryReader(repository, standings: judged.commits, filter: filter)
        let history = try? await StateHistory(stateBranch, in: repository)
        if history == nil {
            remarks.append("there is no branch \(stateBranch): nothing is known of what was published")
        }
        for commit in history?.commits ?? [] {
            let step = try await reader.step(to: commit)
            if states?.contains(commit.id) ?? true {
                let published = ChangeEntry.Published(height: step.height, state: commit.id)
                entries += try await reader.changes(to: step.source, notIn: last, published)
                entries += try await reader.roots(step)
                if let entry = try await reader.publication(step) { entries.append(entry) }
            }
            reader.passed(step)
            (last, stateTip) = (step.source, commit.id)
        }
        if let mainTip, states == nil {
            entries += try await reader.changes(to: mainTip, notIn: last, nil)
        }
        if states == nil {
            entries += judged.approvals.map(AuditEntry.approval).compactMap(filter.narrowed)
            entries = Self.inOrder(entries)
        }
        let shown = filter.limit.map { Array(entries.suffix(max(0, $0))) } ?? entries
        return Timeline(
            entries: shown, omitted: entries.count - shown.count, mainBranch: mainBranch, mainTip: mainTip,
            stateBranch: history?.branch ?? stateBranch, stateTip: stateTip, filter: filter, remarks: remarks)
    }

    private func tip() async throws -> (branch: String, ObjectID?) {
        let branch = branch
        return try await repository.perform { repository in
            if let tip = try repository.tip(of: branch) { return (branch, tip) }
            return ("origin/\(branch)", try repository.tip(ofRemoteBranch: "origin/\(branch)"))
        }
    }

    /// Approvals come after what they are of, by their time; all else stays where history has it.
    private static func inOrder(_ entries: [AuditEntry]) -> [AuditEntry] {
        var latest = Timestamp(secondsSince1970: .min)
        let keyed = entries.enumerated().map { index, entry in
            if entry.kind != .approval { latest = max(latest, entry.time) }
            return (time: entry.kind == .approval ? entry.time : latest, index: index, entry: entry)
        }
        return keyed.sorted { ($0.time, $0.index) < ($1.time, $1.index) }.map(\.entry)
    }
}

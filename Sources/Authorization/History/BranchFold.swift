internal import GitRepository

/// Judges the commits that main gains with a merge, once more: by the roles that main has then. Somebody may have lost theirs
/// since the branch began, and none is both given and used within one branch.
///
/// Of what the branch began with, main's own outstanding changes are outstanding here too.
struct BranchFold<Source: HistorySource>: Sendable {
    let reader: EvidenceReader<Source>
    let records: HistoryRecords
    /// Of main before the merge: its roles and tenants hold for all of the branch.
    let state: AcceptedState
    /// What the merge changes; nothing else is looked at.
    let keys: Set<ChangeKey>

    typealias Changes = [ChangeKey: Outstanding]

    /// - Parameters:
    ///   - gained: parents before children.
    ///   - uses: of join tokens, before them; and then, after.
    /// - Returns: what is outstanding at each of `tips`.
    func outstanding(
        after gained: [CommitNode], at tips: [ObjectID], counting uses: inout TokenUses
    ) async throws -> [Changes] {
        var known: [ObjectID: Changes] = [:]
        func changes(at commit: ObjectID) -> Changes {
            if let changes = known[commit] { return changes }
            guard let state = records.state(at: commit) else { return [:] }
            return keys.reduce(into: [:]) { $0[$1] = state.outstanding($1) }
        }
        var start = 0
        while start < gained.count {
            let window = gained[start..<min(gained.count, start + EvidenceReader<Source>.window)]
            let evidence = try await reader.read(window)
            for node in window {
                guard let evidence = evidence[node.id] else { break }
                start += 1
                if node.parents.count > 1 {
                    known[node.id] = try await merged(evidence, node.parents.map(changes), &uses)
                } else {
                    known[node.id] = following(node.parents.first.map(changes) ?? [:], evidence, &uses)
                }
            }
        }
        return tips.map(changes)
    }

    private func following(_ before: Changes, _ evidence: CommitEvidence, _ uses: inout TokenUses) -> Changes {
        var changes = before
        for key in before.keys {
            if case .file(let path) = key.subject, evidence.delta.mended.contains(path) { changes[key] = nil }
        }
        let own = evidence.delta.differences.filter { keys.contains($0.key) }
        for (key, next) in own.sorted(by: { $0.key < $1.key }) {
            changes[key] = outstanding(key, before[key]?.difference.followed(by: next) ?? next, evidence, &uses)
        }
        return changes
    }

    private func merged(
        _ evidence: CommitEvidence, _ parents: [Changes], _ uses: inout TokenUses
    ) async throws -> Changes {
        let comparison = try await MergeComparison(of: evidence.node, against: nil, in: reader.source)
        var changes: Changes = [:]
        for key in keys.sorted() {
            if let same = comparison.explanation(of: key) {
                // Two branches with the same version: neither makes the other's refusal good.
                changes[key] = same.lazy.compactMap { parents[$0][key] }.first
                continue
            }
            for parent in parents.indices where changes[key] == nil {
                guard let next = comparison.difference(key, from: parent) else { continue }
                changes[key] = outstanding(
                    key, parents[parent][key]?.difference.followed(by: next) ?? next, evidence, &uses)
            }
        }
        return changes
    }

    /// `nil`: it is allowed, or there is nothing.
    private func outstanding(
        _ key: ChangeKey, _ difference: Difference, _ evidence: CommitEvidence, _ uses: inout TokenUses
    ) -> Outstanding? {
        guard !difference.isEmpty else { return nil }
        let refusals = CommitJudge().refusals(key, difference, evidence, under: state, counting: &uses)
        guard !refusals.isEmpty else { return nil }
        return Outstanding(difference: difference, commit: evidence.node.id, refusals: refusals)
    }
}

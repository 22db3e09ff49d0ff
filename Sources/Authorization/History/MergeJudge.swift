internal import GitRepository

/// Judges what a merge does to main.
struct MergeJudge<Source: HistorySource>: Sendable {
    let reader: EvidenceReader<Source>
    let records: HistoryRecords

    /// - Parameters:
    ///   - differences: from what is accepted at `base`.
    ///   - state: at `base`.
    func rule(
        _ differences: [ChangeKey: Difference], _ evidence: CommitEvidence, onto base: ObjectID, state: AcceptedState,
        counting uses: inout TokenUses
    ) async throws -> CommitRuling {
        var ruling = CommitRuling()
        guard !differences.isEmpty else { return ruling }
        let node = evidence.node
        let others = node.parents.filter { $0 != base }
        let comparison = try await MergeComparison(of: node, against: base, in: reader.source)
        let gained = try await reader.source.commits(reachableFrom: others, notFrom: base)
        let fold = BranchFold(
            reader: reader, records: records, state: state, keys: Set(differences.keys))
        let brought = try await fold.outstanding(after: gained, at: node.parents, counting: &uses)
        for (key, difference) in differences.sorted(by: { $0.key < $1.key }) {
            guard let same = comparison.explanation(of: key) else {
                ruling.add(CommitJudge().refusals(key, difference, evidence, under: state, counting: &uses), key)
                continue
            }
            // By the roles of its own branch, and by main's.
            let refused = same.flatMap { parent in
                [records.state(at: node.parents[parent])?.outstanding(key), brought[parent][key]].compactMap { $0 }
            }
            if let first = refused.first, !isCured(key, difference, refused, evidence, state) {
                ruling.add(first.refusals, key, by: first.commit)
            } else {
                ruling.add([], key)
            }
        }
        return ruling
    }

    /// Those who approve a merge stand for all that it brings. Who signs it only merges: what waits for a review, and for
    /// nothing else, is reviewed by that.
    private func isCured(
        _ key: ChangeKey, _ difference: Difference, _ refused: [Outstanding], _ evidence: CommitEvidence,
        _ state: AcceptedState
    ) -> Bool {
        if CommitJudge().isApproved(key, difference, by: evidence.supporters.onlyApprovers, under: state) {
            return true
        }
        guard refused.flatMap(\.refusals).allSatisfy(\.isReviewMissing) else { return false }
        return CommitJudge().isApproved(key, difference, by: evidence.supporters, under: state)
    }
}

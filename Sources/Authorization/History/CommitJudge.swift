internal import GitRepository
internal import Manifests

/// Decides of one commit's changes, by what is accepted before it.
struct CommitJudge: Sendable {
    /// - Parameter uses: of join tokens; those of the commit are counted.
    func rule(
        _ differences: [ChangeKey: Difference], _ evidence: CommitEvidence, under state: AcceptedState,
        counting uses: inout TokenUses
    ) -> CommitRuling {
        var ruling = CommitRuling()
        // In order: a token may be used up on the way.
        for (key, difference) in differences.sorted(by: { $0.key < $1.key }) {
            ruling.add(refusals(key, difference, evidence, under: state, counting: &uses), key)
        }
        return ruling
    }

    func refusals(
        _ key: ChangeKey, _ difference: Difference, _ evidence: CommitEvidence, under state: AcceptedState,
        counting uses: inout TokenUses
    ) -> [AuthorizationRefusal] {
        let judge = Judge(state.roster)
        let refusals = difference.changes(of: key.subject).compactMap { change in
            judge.refusal(change, in: key.tenant, evidence.proof, evidence.supporters)
        }
        guard let proofs = evidence.enrollment, let tenant = key.tenant.flatMap(state.tenant) else { return refusals }
        do throws(EnrollmentRefusal) {
            try EnrollmentRule(tenant: tenant, proofs: proofs).check(difference, counting: &uses)
        } catch {
            // Whoever has the role may stand for what no token allows.
            return refusals.first.map { [$0.because(.enrollment(error))] } ?? []
        }
        guard tenant.enrollment.approval == .review, let first = refusals.first else { return [] }
        let people = evidence.supporters.onlyApprovers.people(atLeast: .member, in: key.tenant, state.roster)
        return [first.because(.notReviewed(people.count, of: state.roster.approvals(of: key.tenant)))]
    }

    /// Whether people stand for a change by themselves, whoever signed it.
    func isApproved(
        _ key: ChangeKey, _ difference: Difference, by people: Supporters, under state: AcceptedState
    ) -> Bool {
        let judge = Judge(state.roster)
        return difference.changes(of: key.subject).allSatisfy {
            judge.refusal($0, in: key.tenant, .unsigned, people) == nil
        }
    }
}

extension AuthorizationRefusal {
    fileprivate func because(_ reason: Reason) -> AuthorizationRefusal {
        AuthorizationRefusal(change: change, tenant: tenant, proof: proof, needed: needed, reason: reason)
    }

    /// Whether all that is missing is that somebody has looked at it.
    var isReviewMissing: Bool {
        if case .notReviewed = reason { true } else { false }
    }
}

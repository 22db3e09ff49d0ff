package import GitRepository
internal import ManifestSource
package import OverlayNetwork

/// Reads from the commits since a tenant's last good one what may be destroyed. All that it reads follows from the commit
/// and the previous state, so every replica reads the same.
package struct PruneAllowanceReader: Sendable {
    package struct Found: Sendable {
        /// Of the tenants that need one.
        package var allowances: [String: PruneAllowances] = [:]
        /// How many tenants need one and were not looked at, because there are too many at once.
        package var notSearched = 0
    }

    /// Tenants past the limit whose commits are searched in one run: each search walks what is new since its own commit.
    package static let mostSearches = 256

    let repository: Repository

    package init(_ repository: Repository) {
        self.repository = repository
    }

    package func allowances(for survey: Reconciler.Survey) async throws -> Found {
        var found = Found()
        let needy = survey.radii.filter { !$0.value.refused(allowing: .none).isEmpty }.keys.sorted()
        for name in needy.prefix(Self.mostSearches) {
            found.allowances[name] = PruneAllowances(trailerValues: try await trailers(of: name, survey.input))
        }
        found.notSearched = max(0, needy.count - Self.mostSearches)
        return found
    }

    private func trailers(of tenant: String, _ input: Reconciler.Input) async throws -> [String] {
        let (tip, last) = (input.tree.commit, input.lastGood[tenant])
        let base = last.flatMap { ObjectID($0.sourceCommit.description) }
        let paths = Set((last?.blobs ?? [:]).keys)
        let unaccepted = input.unaccepted
        return try await repository.perform { repository in
            try repository.vouchers(PruneAllowance.trailer, of: tip, since: base, changing: paths) {
                unaccepted.mayVouch($0, for: tenant)
            }
        }
    }
}

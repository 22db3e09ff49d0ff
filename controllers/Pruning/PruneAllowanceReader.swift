internal import GitRepository
internal import Logging
internal import ManifestSource
internal import OverlayNetwork

/// Reads from the commits since a tenant's last good one what may be destroyed. All that it reads follows from the commit
/// and the previous state, so every replica reads the same.
struct PruneAllowanceReader: Sendable {
    let repository: Repository
    let logger: Logger

    /// Tenants past the limit whose commits are searched in one run: each search walks what is new since its own commit.
    private static let mostSearches = 256

    /// For the tenants that need it.
    func allowances(for survey: Reconciler.Survey) async throws -> [String: PruneAllowances] {
        var result: [String: PruneAllowances] = [:]
        let needy = survey.radii.filter { !$0.value.refused(allowing: .none).isEmpty }.keys.sorted()
        for name in needy.prefix(Self.mostSearches) {
            result[name] = PruneAllowances(trailerValues: try await trailers(of: name, survey.input))
        }
        if needy.count > Self.mostSearches {
            logger.warning(
                "too many tenants lose too much at once: the commits of the others were not searched for what they allow",
                metadata: ["tenants": "\(needy.count)", "searched": "\(Self.mostSearches)"])
        }
        return result
    }

    private func trailers(of tenant: String, _ input: Reconciler.Input) async throws -> [String] {
        let (tip, last) = (input.tree.commit, input.lastGood[tenant])
        let base = last.flatMap { ObjectID($0.sourceCommit.description) }
        let paths = Set((last?.blobs ?? [:]).keys)
        return try await repository.perform { repository in
            guard let base else { return try repository.commit(tip).trailerValues(PruneAllowance.trailer) }
            return try repository.vouchers(PruneAllowance.trailer, of: tip, since: base, changing: paths)
        }
    }
}

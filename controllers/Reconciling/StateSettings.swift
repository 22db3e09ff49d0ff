package import GitRepository
package import OverlayNetwork

/// What the controller's configuration has a say in: besides what is in git, all that decides what is published. It
/// stands in the trailers of every state commit, so that anyone can compute the state again from git alone.
package struct StateSettings: Hashable, Sendable {
    /// How much a tenant may lose without a word.
    package let pruneLimit: PruneLimit
    /// What the controller is called by: no gateway gets a certificate with such a name.
    package let reservedNames: Set<String>

    package init(pruneLimit: PruneLimit = .standard, reservedNames: Set<String> = []) {
        self.pruneLimit = pruneLimit
        self.reservedNames = reservedNames
    }

    private static let pruneLimitKey = "Prune-Limit"
    private static let reservedNamesKey = "Reserved-Names"

    /// `Prune-Limit: PERCENT`, and `Reserved-Names: NAME, NAME…` where there are any, sorted.
    package var trailers: [Trailer] {
        var trailers = [Trailer(key: Self.pruneLimitKey, value: "\(pruneLimit.percent)")]
        if !reservedNames.isEmpty {
            trailers.append(
                Trailer(key: Self.reservedNamesKey, value: reservedNames.sorted().joined(separator: ", ")))
        }
        return trailers
    }

    /// As a state commit has them; `nil` where it has none, or none that a controller writes.
    package init?(of commit: Commit) {
        let limits = commit.trailerValues(Self.pruneLimitKey)
        guard limits.count == 1, let percent = Int(limits[0]), let limit = PruneLimit(percent: percent) else {
            return nil
        }
        let names = commit.trailerValues(Self.reservedNamesKey).flatMap { $0.split(separator: ",") }
        self.init(pruneLimit: limit, reservedNames: Set(names.map { String($0.drop { $0 == " " }) }))
        guard trailers == commit.trailers.filter({ [Self.pruneLimitKey, Self.reservedNamesKey].contains($0.key) })
        else { return nil }
    }
}

package import GitRepository

extension Repository {
    /// The values of a trailer with which commits vouch for what was changed since `base` in some of its files: those of
    /// commits that are reachable from `tip` and not from `base`, and in which one of the files differs from `base`. A
    /// commit from before the change says nothing of it.
    ///
    /// Where history was rewritten, so that `base` is not in it (or not there at all), no commit is known to be later
    /// than it, and `tip` alone can vouch.
    ///
    /// - Parameter mayVouch: whether a commit counts, by its bytes.
    package func vouchers(
        _ trailer: String, of tip: ObjectID, since base: ObjectID?, changing paths: Set<String>,
        where mayVouch: ([UInt8]) -> Bool = { _ in true }
    ) throws(GitError) -> [String] {
        guard let base, (try? isAncestor(base, of: tip)) == true else {
            return mayVouch(try commitBytes(tip)) ? try commit(tip).trailerValues(trailer) : []
        }
        var values: [String] = []
        var isLater: [ObjectID: Bool] = [:]
        for (id, value) in try trailers(trailer, of: tip, notIn: base) {
            if isLater[id] == nil {
                let object = try commitBytes(id)
                let changed = try changes(from: base, to: id)
                isLater[id] = mayVouch(object) && changed.contains { paths.contains($0.path) }
            }
            if isLater[id] == true { values.append(value) }
        }
        return values
    }
}

package import GitRepository
internal import OverlayNetwork

/// Where main was whenever something was published from it, and which root was in force then, as the state branch has it.
/// By these main is judged again as it was judged at first.
package struct PlacesOfMain: Hashable, Sendable {
    package struct Place: Hashable, Sendable {
        package let commit: ObjectID
        /// Version of the root; 0: the state branch had none yet.
        package let root: UInt64

        package init(commit: ObjectID, root: UInt64) {
            self.commit = commit
            self.root = root
        }
    }

    /// The oldest first.
    package let places: [Place]

    package init(_ places: [Place]) {
        self.places = places
    }

    /// - Parameter state: a commit of the state branch. Whether its signatures hold is its reader's to know.
    package init(before state: ObjectID, in repository: Repository) async throws {
        places = try await repository.perform { repository in
            var places: [Place] = []
            var root: UInt64 = 0
            for node in try repository.commits(to: state, isKnown: { _ in false }) {
                while try repository.entry(at: StateFile.rootDocument(root + 1).path, in: node.id) != nil { root += 1 }
                let sources = try repository.commit(node.id).trailerValues("Source-Commit")
                guard sources.count == 1, let commit = ObjectID(sources[0]) else { continue }
                let place = Place(commit: commit, root: root)
                if places.last != place { places.append(place) }
            }
            return places
        }
    }
}

extension HistoryJudge {
    /// Goes the way that main went, with each root as long as it was in force.
    ///
    /// What nobody has recorded counts only when all of that is known: what people are now, they are at the end.
    /// What was published from a commit that is gone, or from a history that main no longer has, is passed over: what
    /// replaced it was published too.
    /// - Parameter roots: by version. While one says `off`, or is not known, nobody judged.
    package mutating func advance(
        through places: PlacesOfMain, roots: [UInt64: RootAuthority], in source: some HistorySource
    ) async throws -> [CommitVerdict] {
        let all = approvals
        set(all.recorded)
        do {
            var verdicts: [CommitVerdict] = []
            var rest = places.places[...]
            while let first = rest.first {
                let run = rest.prefix { $0.root == first.root }.map(\.commit)
                rest = rest.dropFirst(run.count)
                guard let root = roots[first.root], root.mode != .off else { continue }
                era = root
                verdicts += try await advance(through: run, in: source)
            }
            era = root
            set(all)
            if let tip { verdicts += try await advance(to: tip, in: source) }
            return verdicts
        } catch {
            era = root
            set(all)
            throw error
        }
    }

    private mutating func advance(
        through run: [ObjectID], in source: some HistorySource
    ) async throws -> [CommitVerdict] {
        var there: [ObjectID] = []
        for commit in run where try await source.has(commit) { there.append(commit) }
        guard let last = there.last else { return [] }
        do {
            return try await advance(to: last, through: Array(there.dropLast()), in: source)
        } catch is RewrittenHistory {
            var verdicts: [CommitVerdict] = []
            for commit in there {
                do {
                    verdicts += try await advance(to: commit, in: source)
                } catch is RewrittenHistory {
                    // A controller that only warns goes on from the new history.
                    forget()
                    verdicts += try await advance(to: commit, in: source)
                }
            }
            return verdicts
        }
    }
}

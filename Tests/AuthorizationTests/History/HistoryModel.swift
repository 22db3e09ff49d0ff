import Authorization
import GitRepository
import SSHSignatures

/// Which versions are accepted, by the rules as they are written down: for each resource alone, from the first commit on, with
/// sets of commits for what is an ancestor of what.
struct HistoryModel {
    private let history: MemoryHistory
    private let random: RandomHistory
    /// Where main was seen, the oldest first.
    private let mainLine: [ObjectID]
    /// The version of the tenant whose roles hold.
    private typealias Roster = Int
    private var known: [ObjectID: [String: Int]] = [:]

    init(_ random: RandomHistory, mainLine: [ObjectID]) {
        self.random = random
        self.mainLine = mainLine
        history = random.test.history
    }

    mutating func outstanding(at commit: ObjectID) -> [String] {
        let accepted = accepted(at: commit)
        return random.names.filter { accepted[$0] != random.version($0, at: commit) }
    }

    private func mayWrite(_ name: String, _ commit: ObjectID, _ roster: Roster) -> Bool {
        guard let object = history.entries[commit]?.object, let key = CommitProof(ofCommit: object).key else {
            return false
        }
        let (organization, roles) = (random.test.organization, random.roles[roster])
        if [organization.root.key, organization.alice.key].contains(key) { return true }
        guard name != RandomHistory.tenant else { return false }
        return key == organization.bob.key && roles?.isBobMember == true
            || key == organization.rita.key && roles?.isRitaMember == true
    }

    private func parents(_ commit: ObjectID) -> [ObjectID] { history.entries[commit]?.node.parents ?? [] }

    /// How much of main a commit has.
    private func rank(_ commit: ObjectID) -> Int {
        let ancestors = history.ancestors([commit])
        return mainLine.lastIndex(where: ancestors.contains) ?? -1
    }

    private func base(_ commit: ObjectID) -> ObjectID? {
        parents(commit).reduce(nil as ObjectID?) { best, parent in
            best.map { rank(parent) > rank($0) ? parent : $0 } ?? parent
        }
    }

    /// The accepted version of each resource at a commit.
    private mutating func accepted(at commit: ObjectID) -> [String: Int] {
        if let known = known[commit] { return known }
        var result: [String: Int] = [:]
        for name in random.names { result[name] = accepted(name, at: commit) }
        known[commit] = result
        return result
    }

    private mutating func accepted(_ name: String, at commit: ObjectID) -> Int {
        guard let base = base(commit) else { return -1 }
        let before = accepted(at: base)[name] ?? -1
        let roster = accepted(at: base)[RandomHistory.tenant] ?? -1
        let version = random.version(name, at: commit)
        // Nothing happened to it, or it is again what is accepted.
        guard version != random.version(name, at: base) else { return before }
        guard version != before, !mayWrite(name, commit, roster) || isExplained(name, commit) else { return version }
        guard parents(commit).count > 1, isExplained(name, commit) else { return before }
        let sources = parents(commit).filter { random.version(name, at: $0) == version }
        let gained = history.ancestors(parents(commit)).subtracting(history.ancestors([base]))
        let isFine = sources.allSatisfy { source in
            accepted(at: source)[name] == version && isFineOnBranch(name, source, gained, roster)
        }
        return isFine ? version : before
    }

    /// Whether a merge without conflicts would have this version.
    private func isExplained(_ name: String, _ commit: ObjectID) -> Bool {
        let version = random.version(name, at: commit)
        let all = parents(commit)
        return all.count > 1
            && all.contains { source in
                random.version(name, at: source) == version
                    && all.allSatisfy { other in
                        let otherVersion = random.version(name, at: other)
                        let bases = history.bases(other, source)
                        return otherVersion == version
                            || !bases.isEmpty && bases.allSatisfy { random.version(name, at: $0) == otherVersion }
                    }
            }
    }

    /// Whether what a commit of a branch says is allowed by who wrote it; what main has is main's to say.
    private mutating func isFineOnBranch(_ name: String, _ commit: ObjectID, _ gained: Set<ObjectID>, _ roster: Roster)
        -> Bool
    {
        guard gained.contains(commit) else { return accepted(at: commit)[name] == random.version(name, at: commit) }
        return versionOnBranch(name, commit, gained, roster) == random.version(name, at: commit)
    }

    /// What is accepted of a branch, seen from main.
    private mutating func versionOnBranch(_ name: String, _ commit: ObjectID, _ gained: Set<ObjectID>, _ roster: Roster)
        -> Int
    {
        guard gained.contains(commit) else { return accepted(at: commit)[name] ?? -1 }
        let version = random.version(name, at: commit)
        let all = parents(commit)
        guard all.count > 1 else {
            let before = all.first.map { versionOnBranch(name, $0, gained, roster) } ?? -1
            let isUntouched = all.first.map { random.version(name, at: $0) == version } ?? false
            if isUntouched { return before }
            return version == before || mayWrite(name, commit, roster) ? version : before
        }
        if isExplained(name, commit) {
            let same = all.filter { random.version(name, at: $0) == version }
            let refused = same.map { versionOnBranch(name, $0, gained, roster) }.first { $0 != version }
            return refused ?? version
        }
        if mayWrite(name, commit, roster) { return version }
        // From each parent that says something else: back to what is accepted there is allowed to anybody.
        let others = all.filter { random.version(name, at: $0) != version }
        let refused = others.map { versionOnBranch(name, $0, gained, roster) }.first { $0 != version }
        return refused ?? version
    }
}

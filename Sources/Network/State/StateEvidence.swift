/// What the state branch keeps, besides what was decided, for whoever checks it later: with it, the branch and main are all that
/// it takes.
package struct StateEvidence: Hashable, Sendable {
    /// The root documents by their versions, as they were signed.
    package var roots: [UInt64: [UInt8]]
    /// What people have signed of commits after these were made, by commit, as it was judged by.
    package var approvals: [SourceCommit: [UInt8]]

    package init(roots: [UInt64: [UInt8]] = [:], approvals: [SourceCommit: [UInt8]] = [:]) {
        self.roots = roots
        self.approvals = approvals
    }

    /// With what another has. Nothing is ever lost: a root that is there stays as it is, and what is said of a commit only grows.
    package func adding(_ other: StateEvidence) -> StateEvidence {
        StateEvidence(
            roots: roots.merging(other.roots) { known, _ in known },
            approvals: approvals.merging(other.approvals) { _, new in new })
    }

    var files: [StateFile] {
        roots.keys.map(StateFile.rootDocument) + approvals.keys.map(StateFile.approvals)
    }

    func bytes(of file: StateFile) -> [UInt8]? {
        switch file {
        case .rootDocument(let version): roots[version]
        case .approvals(let commit): approvals[commit]
        case .root, .tenant, .cvlan: nil
        }
    }

    /// Takes a file of the state branch, if it is one of these.
    mutating func take(_ file: StateFile, _ bytes: [UInt8]) {
        switch file {
        case .rootDocument(let version): roots[version] = bytes
        case .approvals(let commit): approvals[commit] = bytes
        case .root, .tenant, .cvlan: break
        }
    }
}

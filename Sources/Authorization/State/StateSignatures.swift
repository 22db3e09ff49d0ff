package import SSHSignatures
package import Trust

/// Whether commits of the state branch are a controller's: signed by a key that a root document names for that.
///
/// The commits go through in their order. A key that later roots no longer name is good for what it signed before, and for
/// nothing after the first commit by a key that it made way for.
package struct StateSignatures: Sendable {
    package enum Refusal: Error, Hashable, Sendable {
        /// Neither signed nor by a key that any root names for state commits.
        case notAController(CommitProof)
        /// By a key that was replaced before.
        case replacedKey(SSHKey)
        /// No controller merges.
        case merge
    }

    /// Versions of the roots that name each key.
    private let versions: [SSHKey: ClosedRange<UInt64>]
    /// The root whose keys, and those of later ones, sign from here on.
    private var floor: UInt64 = 0

    /// - Parameter roots: of one chain, in any order.
    package init(_ roots: some Sequence<RootDocument>) {
        var versions: [SSHKey: ClosedRange<UInt64>] = [:]
        for root in roots {
            for key in root.publicKeys(for: .state).map({ SSHKey($0) }) {
                let known = versions[key] ?? root.version...root.version
                versions[key] = min(known.lowerBound, root.version)...max(known.upperBound, root.version)
            }
        }
        self.versions = versions
    }

    /// Takes the next commit.
    ///
    /// - Parameter object: as `Repository.commitBytes` gives it.
    package mutating func take(_ object: [UInt8], parents: Int) throws(Refusal) {
        guard parents < 2 else { throw .merge }
        let proof = CommitProof(ofCommit: object)
        guard let key = proof.key, let named = versions[key] else { throw .notAController(proof) }
        guard named.upperBound >= floor else { throw .replacedKey(key) }
        floor = max(floor, named.lowerBound)
    }
}

extension StateSignatures.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAController(let proof):
            "it is \(proof)" + (proof.key == nil ? "" : ", which no root document names for state commits")
        case .merge: "it has several parents"
        case .replacedKey(let key): "it is signed by \(key.fingerprint), which was replaced before"
        }
    }
}

internal import Authorization
package import GitRepository
package import SSHSignatures

/// How often each join token was used, counted from the commits of main: there is no other record. Only commits that
/// are new since the last look are read.
package struct TokenLedger: Sendable {
    private var tip: ObjectID?
    private var uses: [String: Int] = [:]

    package init() {}

    package func uses(of token: String) -> Int { uses[token, default: 0] }

    /// Counts up to `commit`. After main was rewritten, all of it is counted again.
    ///
    /// - Parameter keys: whose commits count; `nil`: everybody's.
    package func advanced(
        to commit: ObjectID, in repository: Repository, by keys: Set<SSHKey>? = nil
    ) async throws -> TokenLedger {
        guard commit != tip else { return self }
        let old = tip
        let (base, found) = try await repository.perform { repository in
            let base = old.flatMap { old in (try? repository.isAncestor(old, of: commit)) == true ? old : nil }
            let found = try repository.trailers(EnrollmentProofs.tokenTrailer, of: commit, notIn: base)
            guard let keys else { return (base, found.map(\.value)) }
            let counted = try Set(found.map(\.commit)).filter { id in
                CommitProof(ofCommit: try repository.commitBytes(id)).key.map(keys.contains) ?? false
            }
            return (base, found.filter { counted.contains($0.commit) }.map(\.value))
        }
        var next = base == nil ? TokenLedger() : self
        for token in found { next.use(token) }
        next.tip = commit
        return next
    }

    /// Counts a use of a commit that is only being made.
    mutating func use(_ token: String) {
        uses[token, default: 0] += 1
    }
}

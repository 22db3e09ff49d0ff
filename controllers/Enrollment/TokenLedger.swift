internal import Authorization
package import GitRepository

/// How often each join token was used, counted from the commits of main: there is no other record. Only commits that
/// are new since the last look are read.
package struct TokenLedger: Sendable {
    private var tip: ObjectID?
    private var uses: [String: Int] = [:]

    package init() {}

    package func uses(of token: String) -> Int { uses[token, default: 0] }

    /// Counts up to `commit`. After main was rewritten, all of it is counted again.
    package func advanced(to commit: ObjectID, in repository: Repository) async throws -> TokenLedger {
        guard commit != tip else { return self }
        let old = tip
        let (base, found) = try await repository.perform { repository in
            let base = old.flatMap { old in (try? repository.isAncestor(old, of: commit)) == true ? old : nil }
            return (base, try repository.trailers(EnrollmentProofs.tokenTrailer, of: commit, notIn: base).map(\.value))
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

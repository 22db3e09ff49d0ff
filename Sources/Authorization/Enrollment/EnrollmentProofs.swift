internal import FoundationEssentials
package import GitRepository
internal import HashTreeCollections
package import Manifests
package import Sodium
package import Trust

/// What a commit that enrols nodes shows for them: one trailer `Enrollment-Proof: NODE TOKEN SIGNATURE` each. A controller
/// that has no token can make none, so its key alone enrols nobody.
///
/// Times are the commit's: a token that had not expired when its node was enrolled is good for ever after.
package struct EnrollmentProofs: Sendable {
    package static let trailer = "Enrollment-Proof"
    /// The ids of the tokens that were used, one trailer for each use.
    package static let tokenTrailer = "Enrollment-Token"
    /// Four times what one commit of the controller enrols.
    private static let most = 1024

    /// By node, of any tenant.
    private let proofs: [String: [JoinProof]]
    private let isTooMany: Bool
    private let time: Date

    package init(of commit: Commit) {
        self.init(commit.trailerValues(Self.trailer), at: commit.committer.seconds)
    }

    /// - Parameters:
    ///   - values: of the trailers.
    ///   - seconds: since 1970: when the commit was made, as it says.
    package init(_ values: [String], at seconds: Int64) {
        isTooMany = values.count > Self.most
        proofs = Dictionary(grouping: values.prefix(Self.most).compactMap { JoinProof($0) }, by: \.node)
        time = Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    /// The token that allows a node, as the commit has it; what remains is to count its use.
    ///
    /// - Parameters:
    ///   - before: the node before the commit; `nil`: there was none.
    ///   - tenant: before the commit: its `tokenKeys` decide.
    package func token(
        for node: Node, replacing before: Node?, in tenant: Tenant
    ) throws(EnrollmentProofRefusal) -> JoinToken {
        guard !isTooMany else { throw .severalProofs }
        let known = proofs[node.name, default: []]
        let own = known.filter { $0.token.claims.tenant == tenant.name }
        guard own.count < 2 else { throw .severalProofs }
        guard let proof = own.first ?? known.first, let publicKey = node.publicKey else { throw .noProof }
        let token: JoinToken
        do throws(TokenError) {
            token = try proof.verified(
                tenant: tenant.name, node: node.name, publicKey: publicKey.bytes, by: tenant.joinTokenKeys, now: time)
        } catch {
            throw .token(error)
        }
        if let before, !before.mayTakeKey(from: token) { throw .notWaiting }
        let expected = Node(
            token, name: node.name, publicKey: publicKey, endpoints: node.endpoints, completing: before)
        guard node == expected else { throw .otherThanToken(token.id) }
        return token
    }
}

extension Tenant {
    /// Whose signatures make a token of this tenant.
    package var joinTokenKeys: [Ed25519.PublicKey] {
        enrollment.tokenKeys.compactMap { Ed25519.PublicKey($0.value.publicKey) }
    }
}

/// How often each token was used in the commits that count, up to one of them.
package struct TokenUses: Hashable, Sendable {
    /// Shared by the states of a history, of which there is one for each commit.
    private var counts: TreeDictionary<String, Int> = [:]

    package init() {}

    /// Counts one more.
    package mutating func use(_ token: JoinToken) throws(EnrollmentProofRefusal) {
        let count = counts[token.id, default: 0]
        guard count < token.uses else { throw .usedUp(token.id, uses: token.uses) }
        counts[token.id] = count + 1
    }
}

internal import Authorization
internal import Foundation
package import GitRepository
package import Logging
package import ManifestSource
internal import Manifests
internal import OverlayNetwork
package import Reconciling
package import SSHSignatures
package import Trust

/// Writes batches of enrolled nodes to the main branch, or to branches for review.
package actor EnrollmentBranch {
    private let repository: Repository
    private let branch: String
    private let store: ManifestStore
    private let trustDomain: TrustDomain
    private let signer: CommitSigner
    /// Whose commits use tokens up; `nil`: everybody's.
    private let controllers: Set<SSHKey>?
    private let logger: Logger
    private var ledger = TokenLedger()

    /// Races for main that are lost before a batch is turned away.
    private static let maximumAttempts = 10

    package init(
        repository: Repository, branch: String, store: ManifestStore, trustDomain: TrustDomain, signer: CommitSigner,
        controllers: Set<SSHKey>? = nil, logger: Logger
    ) {
        self.repository = repository
        self.branch = branch
        self.store = store
        self.trustDomain = trustDomain
        self.signer = signer
        self.controllers = controllers
        self.logger = logger
    }

    package static func reviewBranch(of node: NodeKey) -> String { "cvlan-enroll/\(node.tenant)/\(node.node)" }

    /// One result for each request, in order. Those that are `added` are on main when this returns.
    func enroll(
        _ requests: [EnrollmentRequest], now: Date, state: @Sendable (String) -> TenantState?
    ) async -> [Result<EnrollmentDraft.Outcome, APIError>] {
        for attempt in 1...Self.maximumAttempts {
            do {
                return try await attemptToEnroll(requests, now, state)
            } catch let error as GitError where error.code == .moved || error.code == .rejected {
                logger.info("main moved while nodes enrolled, again", metadata: ["attempt": "\(attempt)"])
            } catch let error as GitError where error.code == .checkedOut {
                return requests.map { _ in .failure(APIError(.serviceUnavailable, "cannot-write", error.message)) }
            } catch {
                logger.warning("cannot write enrolled nodes", metadata: ["error": "\(error)"])
                let failure = APIError(
                    .serviceUnavailable, "cannot-write", "the repository cannot be written now: \(error)")
                return requests.map { _ in .failure(failure) }
            }
        }
        return requests.map { _ in .failure(APIError(.serviceUnavailable, "busy", "main moves too fast; ask again")) }
    }

    private func attemptToEnroll(
        _ requests: [EnrollmentRequest], _ now: Date, _ state: @Sendable (String) -> TenantState?
    ) async throws -> [Result<EnrollmentDraft.Outcome, APIError>] {
        try await repository.fetch()
        let branch = branch
        guard let main = try await repository.perform({ try $0.tip(of: branch) }) else {
            throw GitError(.notFound, "the branch \(branch) has no commit")
        }
        let tree = try await store.tree(at: main)
        ledger = try await ledger.advanced(to: main, in: repository, by: controllers)

        var results = [Result<EnrollmentDraft.Outcome, APIError>?](repeating: nil, count: requests.count)
        var draft = EnrollmentDraft(tree: tree, ledger: ledger, now: now)
        while true {
            draft = EnrollmentDraft(tree: tree, ledger: ledger, now: now)
            var byPath: [String: Int] = [:]
            for (index, request) in requests.enumerated() {
                if case .failure = results[index] { continue }
                do throws(APIError) {
                    let known = draft.additions.count
                    results[index] = .success(try draft.admit(request))
                    if draft.additions.count > known, let path = draft.additions.last?.path { byPath[path] = index }
                } catch {
                    results[index] = .failure(error)
                }
            }
            let faults = draft.faults(state: state)
            if faults.isEmpty { break }
            // Those that would break something fall out, and the rest is tried again without them.
            for addition in draft.additions where !addition.isForReview {
                guard let index = byPath[addition.path] else { continue }
                let own = faults.filter { $0.path == addition.path }
                let others = faults.filter { $0.path == nil && $0.tenant == addition.node.tenant }
                if !own.isEmpty {
                    let message = own.map(\.message).joined(separator: "; ")
                    results[index] = .failure(
                        APIError(.conflict, "would-not-hold", "the node cannot be in force: \(message)"))
                } else if !others.isEmpty {
                    let message = others.map(\.message).joined(separator: "; ")
                    results[index] = .failure(
                        APIError(
                            .serviceUnavailable, "tenant-held-back", "the tenant's manifests have errors: \(message)"))
                }
            }
        }
        try await commit(draft, onto: main, now)
        return results.map { $0 ?? .failure(.malformed) }
    }

    // MARK: Commits

    private func commit(_ draft: EnrollmentDraft, onto main: ObjectID, _ now: Date) async throws {
        let author = Identity(
            name: "cvlan-controller", email: "controller@\(trustDomain)", seconds: Int64(now.timeIntervalSince1970))
        let direct = draft.additions.filter { !$0.isForReview }
        if !direct.isEmpty {
            let commit = try await write(direct, onto: main, author)
            try await repository.publish(commit, to: branch, replacing: main)
            logger.info(
                "enrolled nodes are on main", metadata: ["commit": "\(commit.short)", "nodes": "\(direct.count)"])
        }
        for addition in draft.additions where addition.isForReview {
            let name = Self.reviewBranch(of: addition.node)
            let existing = try await repository.perform { try $0.tip(of: name) }
            // Asked again while it waits: the branch that is there stays, whoever made it.
            guard existing == nil else { continue }
            let commit = try await write([addition], onto: main, author)
            do throws(GitError) {
                try await repository.publish(commit, to: name, replacing: nil)
            } catch {
                // Another replica, or an earlier run of this one, has made the branch.
                guard error.code == .rejected || error.code == .moved else { throw error }
            }
        }
    }

    private func write(
        _ additions: [EnrollmentDraft.Addition], onto main: ObjectID, _ author: Identity
    ) async throws -> ObjectID {
        let subject =
            additions.count == 1 ? "enroll: \(additions[0].node)" : "enroll: \(additions.count) nodes"
        let trailers = additions.flatMap {
            ["\(EnrollmentProofs.tokenTrailer): \($0.token)", "\(EnrollmentProofs.trailer): \($0.proof)"]
        }
        let body = additions.count == 1 ? [] : additions.map { "- \($0.node)" } + [""]
        let message = ([subject, ""] + body + trailers).joined(separator: "\n") + "\n"
        var edits: [String: TreeEdit] = [:]
        for addition in additions { edits[addition.path] = .write(addition.text) }
        return try await repository.makeCommit(
            edits, onTreeOf: main, parents: [main], author: author, committer: author, message: message,
            signedBy: signer.sign)
    }
}

package import GitRepository
package import Manifests
package import Plan

/// One thing that happened, as git has it.
package enum AuditEntry: Sendable {
    case change(ChangeEntry)
    case publication(PublicationEntry)
    case approval(ApprovalEntry)
    case root(RootEntry)

    package enum Kind: String, Sendable, CaseIterable {
        case change, publication, approval, root
    }

    package var kind: Kind {
        switch self {
        case .change: .change
        case .publication: .publication
        case .approval: .approval
        case .root: .root
        }
    }

    package var time: Timestamp {
        switch self {
        case .change(let entry): Timestamp(secondsSince1970: entry.commit.committer.seconds)
        case .publication(let entry): entry.inForce
        case .approval(let entry): entry.time
        case .root(let entry): entry.time
        }
    }
}

/// A commit of main.
package struct ChangeEntry: Sendable {
    package let commit: Commit
    package let standing: CommitStanding
    /// Of a merge, what none of its parents says.
    package internal(set) var resources: [ResourceChange]
    /// Files that cannot be read after it.
    package let problems: [String]
    /// What an auditor looks for first.
    package internal(set) var highlights: [Highlight]
    /// The first state that was made with it in main; `nil`: none yet.
    package let published: Published?

    package struct Published: Hashable, Sendable {
        package let height: UInt64
        package let state: ObjectID
    }

    /// Ids of join tokens that it uses up.
    package var tokens: [String] { commit.trailerValues(Self.tokenTrailer) }

    private static let tokenTrailer = "Enrollment-Token"
}

/// A commit of the state branch: what nodes got.
package struct PublicationEntry: Sendable {
    package let commit: Commit
    package let height: UInt64
    package let source: ObjectID
    package let evaluationTime: Timestamp
    package let inForce: Timestamp
    /// What is proven of the state commit.
    package let proof: String
    package internal(set) var tenants: [TenantPublication]
}

/// What a state commit changes for one tenant.
package struct TenantPublication: Sendable {
    package let name: String
    /// The commit of main whose manifests are in force; `nil`: the tenant is gone.
    package let source: String?
    package internal(set) var networks: [NetworkPlan]
    /// New generations, by node, sorted.
    package internal(set) var generations: [Generation]
    /// Why addresses alone are known, and not what they reach.
    package let problem: String?

    package struct Generation: Hashable, Sendable {
        package let node: String
        /// `nil`: it has none any more.
        package let generation: UInt64?
        package let digest: String?
    }
}

/// Somebody stood for a commit, or adopted one, after it was made.
package struct ApprovalEntry: Sendable {
    package let commit: ObjectID
    package let isAdoption: Bool
    package let replaces: ObjectID?
    /// As the statement has it; the key is what counts.
    package let approver: String
    package let fingerprint: String
    package let time: Timestamp
    /// Whether the state branch keeps it, so that it does not go with the notes.
    package let isRecorded: Bool

    package init(
        commit: ObjectID, isAdoption: Bool, replaces: ObjectID?, approver: String, fingerprint: String,
        time: Timestamp, isRecorded: Bool
    ) {
        self.commit = commit
        self.isAdoption = isAdoption
        self.replaces = replaces
        self.approver = approver
        self.fingerprint = fingerprint
        self.time = time
        self.isRecorded = isRecorded
    }
}

/// A root document that came with a state commit.
package struct RootEntry: Sendable {
    package let version: UInt64
    package let state: ObjectID
    package let time: Timestamp
    package let expires: Timestamp
    package let threshold: Int
    package let mode: String
    /// What it changes of the one before, in words; of the first, all that it names.
    package let changes: [String]
}

/// What is proven of a commit of main.
package struct CommitStanding: Sendable, Hashable {
    package struct Person: Sendable, Hashable {
        /// `nil`: to the repository as a whole.
        package let tenant: String?
        package let name: String
        package let role: String

        package init(tenant: String?, name: String, role: String) {
            self.tenant = tenant
            self.name = name
            self.role = role
        }
    }

    /// `signed by SHA256:…`, `not signed`.
    package var proof: String
    package var fingerprint: String?
    /// Who the key is, to each tenant that the commit changes; by the roles before it.
    package var people: [Person] = []
    /// Keys whose approvals counted.
    package var approvers: [String] = []
    /// `nil`: nobody judged it.
    package var refusals: [String]?
    package var isEnrollment = false
    package var isAdopted = false

    package init(proof: String, fingerprint: String? = nil) {
        self.proof = proof
        self.fingerprint = fingerprint
    }
}

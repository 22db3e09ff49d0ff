import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Testing

/// The organization's repository, from its first commit on, which a superadmin signs.
struct TestHistory {
    let organization = Organization()
    var history = MemoryHistory()
    let first: ObjectID

    init() throws {
        first = try history.commit(organization.files.mapValues { $0 }, on: [], by: organization.root)
    }

    var root: RootAuthority { RootAuthority(superadmins: ["root": [organization.root.key]]) }

    @discardableResult
    mutating func commit(
        _ edits: [String: String?] = [:], on parents: ObjectID..., by signer: SSHPrivateKey?
    ) throws -> ObjectID {
        try history.commit(edits, on: parents, by: signer)
    }

    /// A judge that has seen main at each of these, in order.
    func judge(_ tips: ObjectID..., approvals: Approvals = Approvals()) async throws -> HistoryJudge {
        var judge = HistoryJudge(root: root, approvals: approvals)
        for tip in tips { _ = try await judge.advance(to: tip, in: history) }
        return judge
    }

    /// What is outstanding at a tip that nobody saw main before.
    func outstanding(_ tips: ObjectID..., approvals: Approvals = Approvals()) async throws -> [String] {
        var judge = HistoryJudge(root: root, approvals: approvals)
        for tip in tips { _ = try await judge.advance(to: tip, in: history) }
        return judge.accepted.names
    }
}

extension AcceptedState {
    /// What is outstanding, by name; of a file its path and for whom.
    var names: [String] {
        outstanding.map { key, _ in
            switch key.subject {
            case .resource(let id): "\(id)"
            case .file(let path): "\(path) of \(key.tenant ?? "nobody")"
            }
        }
    }
}

extension Organization {
    static let laptopPath = "tenants/acme/laptop.yaml"
    static let officePath = "tenants/acme/office.yaml"
    static let tenantPath = "tenants/acme/tenant.yaml"

    static func laptop(_ label: String = "1") -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: laptop, labels: { version: "\(label)" } }
        spec: { networks: [{ cvlan: office }] }

        """
    }

    static func office(mtu: Int) -> String { manifest("CVLAN", "acme", "office", "cidrs: [10.1.0.0/24], mtu: \(mtu)") }

    /// Acme with these people, and those that are left out as they are.
    func acme(_ roles: [String: String?] = [:], approvals: Int = 1) -> String {
        let people: [(String, String, [SSHPrivateKey])] = [
            ("alice", "admin", [alice]), ("bob", "member", [bob, bobsOther]), ("rita", "readonly", [rita]),
        ]
        let members = people.compactMap { name, role, keys -> (String, String, [SSHPrivateKey])? in
            let role = roles[name] ?? role
            return role.map { (name, $0, keys) }
        }
        return tenant("acme", members).replacing("spec:\n", with: "spec:\n  approvals: \(approvals)\n")
    }
}

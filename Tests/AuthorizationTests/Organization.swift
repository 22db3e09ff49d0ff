import Authorization
import Manifests
import SSHSignatures
import Sodium
import Testing

/// Two tenants with people of every role, and somebody who is nobody.
struct Organization {
    let root = SSHPrivateKey(Ed25519.PrivateKey())
    let alice = SSHPrivateKey(Ed25519.PrivateKey())
    let bob = SSHPrivateKey(Ed25519.PrivateKey())
    let bobsOther = SSHPrivateKey(Ed25519.PrivateKey())
    let rita = SSHPrivateKey(Ed25519.PrivateKey())
    let beth = SSHPrivateKey(Ed25519.PrivateKey())
    let stranger = SSHPrivateKey(Ed25519.PrivateKey())

    /// The repository as it is before each change.
    var files: [String: String] {
        [
            "tenants/acme/tenant.yaml": tenant(
                "acme",
                [
                    ("alice", "admin", [alice]), ("bob", "member", [bob, bobsOther]),
                    ("rita", "readonly", [rita]),
                ]),
            "tenants/acme/office.yaml": Self.manifest("CVLAN", "acme", "office", "cidrs: [10.1.0.0/24]"),
            "tenants/acme/printer.yaml": Self.manifest("Node", "acme", "printer", "networks: [{ cvlan: office }]"),
            "tenants/beta/tenant.yaml": tenant("beta", [("beth", "admin", [beth])]),
            "tenants/beta/lab.yaml": Self.manifest("CVLAN", "beta", "lab", "cidrs: [10.1.0.0/24]"),
        ]
    }

    func tenant(_ name: String, _ members: [(String, String, [SSHPrivateKey])]) -> String {
        let lines = members.map { name, role, keys in
            "    - { name: \(name), role: \(role), keys: [\(keys.map { "\"\($0.key)\"" }.joined(separator: ", "))] }\n"
        }
        return """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: \(name) }
            spec:
              members:

            """ + lines.joined()
    }

    static func manifest(_ kind: String, _ tenant: String, _ name: String, _ spec: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: \(kind)
        metadata: { tenant: \(tenant), name: \(name) }
        spec: { \(spec) }

        """
    }

    /// Of the files as they are before each change.
    func roster(approvals: [String: Int] = [:]) throws -> Roster {
        let manifests = ManifestSet(files: Self.load(files))
        #expect(manifests.problems.isEmpty)
        let tenants = manifests.tenants.values.map { manifests in
            var tenant = manifests.tenant
            tenant.approvals = approvals[tenant.name] ?? tenant.approvals
            return tenant
        }
        return Roster(superadmins: ["root": [root.key]], tenants: tenants)
    }

    static func load(_ files: [String: String]) -> [ManifestFile] {
        files.map { ManifestLoader().load(path: $0.key, bytes: Array($0.value.utf8)) }
    }

    /// What writing these files changes (`nil`: removes them).
    func changes(_ edits: [String: String?]) -> ChangeSet {
        ChangeSet(
            from: Self.load(files.filter { edits.keys.contains($0.key) }), to: Self.load(edits.compactMapValues { $0 }))
    }

    func judge(
        _ edits: [String: String?], by signer: SSHPrivateKey?, approvedBy approvers: [SSHPrivateKey] = [],
        approvals: [String: Int] = [:]
    ) throws -> Judgement {
        try Judge(roster(approvals: approvals)).judge(
            changes(edits), signer.map { .signed($0.key) } ?? .unsigned, approvedBy: approvers.map(\.key))
    }
}

extension Judgement {
    /// The roles that were missing, by tenant; of the repository by "".
    var missing: [String: [Role]] {
        var missing = tenants.mapValues { $0.refusals.map(\.needed) }.filter { !$0.value.isEmpty }
        if !repository.refusals.isEmpty { missing[""] = repository.refusals.map(\.needed) }
        return missing
    }
}

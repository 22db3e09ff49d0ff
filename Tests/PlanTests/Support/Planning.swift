import GitRepository
import Lint
import ManifestSource
import Manifests
import Plan
import TestRepository

/// Some time after the commits of tests.
let now = Timestamp(secondsSince1970: 1_750_000_000)

extension TestRepository {
    func plan(_ range: String, at time: Timestamp = now) async throws -> ChangePlan {
        guard let range = PlanRange(range) else { throw Failure(range) }
        return try await ChangePlanner(repository, at: time).plan(range)
    }

    func manifests(of commit: ObjectID) async throws -> ManifestSet {
        try await CommitManifests(of: "\(commit)", in: repository).manifests
    }

    struct Failure: Error {
        let what: String

        init(_ what: String) {
            self.what = what
        }
    }
}

/// A small company, and changes of it.
enum Acme {
    static let files: [String: String] = [
        "tenants/acme/tenant.yaml": """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        spec:
          groups:
            - name: engineering
              members: [{ labels: { team: eng } }]
          addressPools: [10.64.0.0/16]

        """,
        "tenants/acme/networks.yaml": """
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec:
          cidrs: [10.100.0.0/24, "fd64:100::/64"]
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: lab }
        spec: { auto: { v4: 24 } }

        """,
        "tenants/acme/nodes/ann.yaml": node("ann", "office", labels: "team: eng", key: "a"),
        "tenants/acme/nodes/ben.yaml": node("ben", "office", labels: "team: eng", key: "b"),
        "tenants/acme/nodes/db.yaml": node("db", "office", labels: "app: db", key: "d"),
        "tenants/acme/nodes/gw.yaml": node(
            "gw", "lab", labels: "app: gw", key: "g", "  role: gateway\n  routes: [{ prefix: 10.9.0.0/16 }]\n"),
        "tenants/acme/nodes/rig.yaml": node("rig", "lab", labels: "app: rig", key: "r"),
        "tenants/acme/policies.yaml": """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: database }
        spec:
          cvlan: office
          rules:
            - name: engineers
              action: allow
              from: [{ group: engineering }]
              to: [{ labels: { app: db } }]
              ports: [tcp/5432]
          tests:
            - { from: { node: ann }, to: { node: db }, port: tcp/5432, expect: allow }

        """,
        "tenants/other/all.yaml": """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: other }
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: other, name: office }
        spec: { cidrs: [10.0.0.0/24] }

        """,
    ]

    /// A key that only looks like one: the letter, 42 times, and what makes it 32 bytes.
    static func node(
        _ name: String, _ network: String, labels: String, key: String, _ more: String = ""
    ) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: \(name), labels: { \(labels) } }
        spec:
          networks: [{ cvlan: \(network) }]
          wireguard: { publicKey: "\(String(repeating: key, count: 42))A=" }
        \(more)
        """
    }
}

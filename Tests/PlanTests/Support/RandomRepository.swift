import TestRandom

/// Manifests of a few small tenants, of which one thing after the other changes. All are well-formed, so that a change
/// is put in force.
struct RandomRepository {
    private var random: SeededRandom
    private(set) var files: [String: String] = [:]
    private let tenants = ["acme", "bolt"]
    private let networks = ["one", "two", "three"]

    init(seed: UInt64) {
        random = SeededRandom(seed)
        for tenant in tenants {
            files["\(tenant).yaml"] = tenantText(tenant)
            for (index, network) in networks.enumerated() {
                files["\(tenant)-\(network).yaml"] = networkText(tenant, network, index)
            }
            for number in 0..<8 { files["\(tenant)/n\(number).yaml"] = node(tenant, number) }
            for number in 0..<3 { files["\(tenant)/p\(number).yaml"] = policy(tenant, number) }
        }
    }

    /// Changes one file.
    mutating func change() {
        let tenant = pick(tenants)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: files["\(tenant).yaml"] = tenantText(tenant)
        case 1:
            let index = Int.random(in: 0..<3, using: &random)
            files["\(tenant)-\(networks[index]).yaml"] = networkText(tenant, networks[index], index)
        case 2...4:
            let number = Int.random(in: 0..<4, using: &random)
            files["\(tenant)/p\(number).yaml"] = flip() || flip() ? policy(tenant, number) : nil
        default:
            let number = Int.random(in: 0..<10, using: &random)
            files["\(tenant)/n\(number).yaml"] = flip() || number < 8 ? node(tenant, number) : nil
        }
    }

    private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }

    private mutating func flip() -> Bool { Bool.random(using: &random) }

    private mutating func tenantText(_ tenant: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: \(tenant) }
        spec:
          defaults: { action: \(pick(["allow", "deny"])) }
          addressPools: [10.64.0.0/16, 10.65.0.0/\(pick([16, 20]))]
          groups:
            - { name: a, members: [{ labels: { app: \(pick(["x", "y"])) } }] }
            - { name: b, members: [{ group: a }, { labels: { app: z } }] }

        """
    }

    private mutating func networkText(_ tenant: String, _ name: String, _ index: Int) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: \(tenant), name: \(name) }
        spec:
          \(index == 0 ? "cidrs: [10.\(pick([1, 2])).0.0/24]" : "auto: { v4: \(pick([24, 25])) }")
          topology: \(pick(["mesh", "mesh", "hub"]))
          mtu: \(pick([1400, 1420]))

        """
    }

    private mutating func node(_ tenant: String, _ number: Int) -> String {
        let memberships = networks.filter { _ in flip() }.map { "{ cvlan: \($0) }" }
        let isEnrolled = flip()
        let letters = Array("abcdefghij")
        let publicKey = String(repeating: String(letters[number]), count: 41) + (tenant == "acme" ? "A" : "E") + "A="
        return """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: \(tenant), name: n\(number), labels: { app: \(pick(["x", "y", "z"])) } }
            spec:
              role: \(pick(["client", "client", "gateway"]))
              networks: [\(memberships.joined(separator: ", "))]
            \(!isEnrolled ? "" : "  wireguard: { publicKey: \"\(publicKey)\" }")
              routes: [{ prefix: 10.200.\(pick([0, 1])).0/24, priority: \(pick([10, 20])) }]

            """
    }

    private mutating func policy(_ tenant: String, _ number: Int) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: \(tenant), name: p\(number) }
        spec:
        \(flip() ? "  cvlan: \(pick(networks))" : "")
          rules:
            - action: \(pick(["allow", "deny"]))
              from: [{ \(pick(["group: a", "group: b", "any: true", "labels: { app: x }"])) }]
              to: [{ \(pick(["node: n1", "cidr: 10.200.0.0/24", "labels: { app: y }"])) }]
              ports: [tcp/\(pick([22, 80]))]

        """
    }
}

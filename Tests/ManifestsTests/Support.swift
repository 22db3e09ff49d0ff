import Manifests

/// Reads text as a file, YAML unless `path` says otherwise.
func load(_ text: String, path: String = "test.yaml", limits: ManifestLimits = ManifestLimits()) -> ManifestFile {
    ManifestLoader(limits: limits).load(path: path, bytes: Array(text.utf8))
}

/// A problem as tests compare it: what and where.
struct Place: Equatable, CustomStringConvertible {
    let kind: ManifestProblem.Kind
    let line: Int32
    let column: Int32

    init(_ kind: ManifestProblem.Kind, _ line: Int32, _ column: Int32) {
        self.kind = kind
        self.line = line
        self.column = column
    }

    init(_ problem: ManifestProblem) {
        self.init(problem.kind, problem.span.line, problem.span.column)
    }

    var description: String { "\(kind) at \(line):\(column)" }
}

extension ManifestFile {
    var places: [Place] { problems.map(Place.init) }
}

enum Sample {
    static let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    static let tenant = """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        spec:
          displayName: Acme Corp
          domain: acme.example              # names are NODE.CVLAN.DOMAIN; default TENANT.cvlan
          members:
            - name: alice
              role: admin                   # admin | member | readonly
              keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f alice@laptop"]
          groups:
            - name: engineering
              members: [{ labels: { team: eng } }, { node: bastion }]
          defaults:
            action: deny
            protocol: wireguard
            ipsecProfile: modern
          addressPools: [10.64.0.0/12, "fd64::/32"]
          enrollment:
            approval: automatic
            tokenKeys: ["k4.public.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"]

        """

    static let cvlan = """
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec:
          cidrs: [10.100.0.0/24, "fd64:100::/64"]
          protocol: wireguard
          ipsecProfile: modern
          topology: mesh
          mtu: 1420
          keepalive: 25s
          reserved: [10.100.0.3-10.100.0.7, 10.100.0.200/29]
          dns:
            domain: office.acme.example
            routes: [{ suffix: internal, servers: [10.1.0.54] }]

        """

    static let node = """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: laptop-1, labels: { team: eng, os: linux } }
        spec:
          role: client
          networks:
            - cvlan: office
              addresses: [10.100.0.10]
          wireguard: { publicKey: "\(key)" }
          endpoints: ["203.0.113.7:51820"]
          routes:
            - { prefix: 10.1.0.0/24, nat: none, priority: 100 }
          protocol: ipsec
          expires: 2027-06-30T00:00:00Z

        """

    static let policy = """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: database }
        spec:
          cvlan: office
          rules:
            - name: engineers-to-postgres
              action: allow
              from: [{ group: engineering }]
              to: [{ labels: { app: db } }]
              ports: [tcp/5432, tcp/8000-8100, udp/53, icmp]
          tests:
            - { from: { node: laptop-1 }, to: { node: db-1 }, port: tcp/5432, expect: allow }
            - { from: { node: printer }, to: { node: db-1 }, port: tcp/22, expect: deny }

        """

    static let all = [tenant, cvlan, node, policy].joined(separator: "---\n")

    /// A node with these lines as its `spec`, which begin on line 5 in column 3.
    static func node(spec: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: n }
        spec:
        \(spec.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n"))

        """
    }

    static func cvlan(spec: String) -> String {
        node(spec: spec).replacing("kind: Node", with: "kind: CVLAN")
    }

    static func policy(spec: String) -> String {
        node(spec: spec).replacing("kind: Node", with: "kind: Policy")
    }

    static func tenant(spec: String) -> String {
        node(spec: spec).replacing("kind: Node", with: "kind: Tenant").replacing("tenant: acme, ", with: "")
    }
}

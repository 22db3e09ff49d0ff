import Addressing
import Manifests
import OverlayNetwork
import Testing

// Manifests in few words. Text that a test writes is right: where it is not, `#require` fails the test.

let testFile = SourceFile(path: "test.yaml")

/// A place in `testFile`, to tell which manifest a finding points at.
func line(_ number: Int) -> SourceSpan { SourceSpan(file: testFile, line: number, column: 1, length: 1) }

func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

func addressSet(_ prefixes: String...) throws -> AddressSet { AddressSet(try prefixes.map(prefix)) }

func commit(_ number: Int) throws -> SourceCommit {
    let digits = String(number, radix: 16)
    return try #require(SourceCommit(String(repeating: "0", count: 40 - digits.utf8.count) + digits))
}

func key(_ number: Int) -> NodePublicKey? {
    NodePublicKey(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4))) ^ UInt8($0) })
}

let noon = Timestamp(secondsSince1970: 1_800_000_000)

extension TenantManifests {
    static func acme(_ action: PolicyAction = .deny, pools: [String] = []) throws -> TenantManifests {
        var tenant = Tenant(metadata: Metadata(tenant: "acme", name: "acme"))
        tenant.defaults.action = action
        tenant.addressPools = try pools.map { Located(try prefix($0)) }
        return TenantManifests(tenant: tenant)
    }

    mutating func addNetwork(_ name: String, _ cidrs: String..., edit: (inout CVLAN) throws -> Void = { _ in }) throws {
        let range = CVLAN.AddressRangeSource.cidrs(try cidrs.map { Located(try prefix($0)) })
        var cvlan = CVLAN(metadata: Metadata(tenant: tenant.name, name: name), range: range)
        try edit(&cvlan)
        cvlans[name] = cvlan
    }

    mutating func addAutoNetwork(_ name: String, v4: Int? = nil, v6: Int? = nil, at span: SourceSpan = .none) {
        cvlans[name] = CVLAN(
            metadata: Metadata(tenant: tenant.name, name: name),
            range: .auto(v4: v4.map { Located($0, at: span) }, v6: v6.map { Located($0, at: span) }))
    }

    mutating func addNode(
        _ name: String, in networks: [String], labels: [String: String] = [:], fixed: [String] = [],
        at span: SourceSpan = .none, edit: (inout Node) throws -> Void = { _ in }
    ) throws {
        var node = Node(metadata: Metadata(tenant: tenant.name, name: name, labels: labels))
        node.metadata.$name.span = span
        node.networks = try networks.enumerated().map { index, cvlan in
            Node.Membership(
                cvlan: Located(cvlan, at: span),
                addresses: index == 0 ? try fixed.map { Located(try address($0), at: span) } : [])
        }
        node.publicKey = key(Int(truncatingIfNeeded: name.utf8.reduce(5381) { $0 &* 33 &+ UInt64($1) }))
        try edit(&node)
        nodes[name] = node
    }

    mutating func addPolicy(
        _ name: String, cvlan: String? = nil, rules: [Policy.Rule] = [], tests: [Policy.Test] = []
    ) {
        var policy = Policy(metadata: Metadata(tenant: tenant.name, name: name))
        policy.cvlan = cvlan
        policy.rules = rules
        policy.tests = tests
        policies[name] = policy
    }

    func compile(
        after previous: TenantState? = nil, at time: Timestamp = noon, height: UInt64 = 1,
        refusing refusedNames: Set<String> = []
    ) throws -> CompiledTenant {
        try CompiledTenant(
            TenantInput(
                manifests: self, sourceCommit: try commit(Int(height)), previous: previous, time: time, height: height,
                refusedNames: refusedNames))
    }

    /// The errors of compiling, as rule codes with their lines.
    func errors(after previous: TenantState? = nil) throws -> [String] {
        do {
            _ = try compile(after: previous, height: 2)
            return []
        } catch let error as NetworkErrors {
            return error.errors.map { "\($0.span.line) \($0.code.rawValue)" }
        }
    }
}

extension CompiledTenant {
    func addresses(_ node: String, in cvlan: String) -> [String] {
        state.cvlans[cvlan]?.nodes[node]?.addresses.map(\.description) ?? []
    }
}

extension Selector {
    static func node(_ name: String) -> Selector { Selector(.node(name)) }
    static func group(_ name: String) -> Selector { Selector(.group(name)) }
    static func labels(_ labels: [String: String]) -> Selector { Selector(.labels(labels)) }
    static var any: Selector { Selector(.any) }
    static func cidr(_ text: String) throws -> Selector { Selector(.cidr(try prefix(text))) }
}

extension Policy.Rule {
    static func allow(_ from: Selector, _ to: Selector, _ ports: String...) throws -> Policy.Rule {
        try make(.allow, from, to, ports)
    }

    static func deny(_ from: Selector, _ to: Selector, _ ports: String...) throws -> Policy.Rule {
        try make(.deny, from, to, ports)
    }

    private static func make(
        _ action: PolicyAction, _ from: Selector, _ to: Selector, _ ports: [String]
    ) throws -> Policy.Rule {
        var rule = Policy.Rule(action: Located(action), from: [from], to: [to])
        rule.ports = try ports.map { Located(try #require(PortMatch($0))) }
        return rule
    }
}

internal import Addressing
internal import Manifests

/// What selectors mean in one network.
struct SelectorResolver {
    /// Of groups in groups; far more than anyone can follow.
    private static let deepestGroup = 32

    private let tenant: TenantInForce
    private let network: ResolvedNetwork
    private let addresses: [String: AddressSet]
    private var known: [String: AddressSet] = [:]
    private var openGroups: [String] = []
    private(set) var errors: Set<NetworkError> = []

    init(_ network: ResolvedNetwork, in tenant: TenantInForce) {
        self.tenant = tenant
        self.network = network
        addresses = Dictionary(uniqueKeysWithValues: network.members.map { ($0.name, AddressSet($0.addresses)) })
    }

    /// The addresses of the members that the selector names; with `cidr` and `any` also those of hosts behind routes.
    mutating func resolve(_ selector: Selector) -> AddressSet {
        let name = selector.description
        if let set = known[name] { return set }
        var set = resolve(selector.term, at: selector.span)
        for exception in selector.except {
            set = set.subtracting(resolve(exception))
        }
        known[name] = set
        return set
    }

    mutating func resolve(_ union: [Selector]) -> AddressSet {
        union.reduce(into: AddressSet()) { $0 = $0.union(resolve($1)) }
    }

    private mutating func resolve(_ term: Selector.Term, at span: SourceSpan) -> AddressSet {
        switch term {
        case .node(let name):
            if !tenant.declaredNodes.contains(name) { fail(.unknownReference, span, "there is no node \(name)") }
            return addresses[name] ?? AddressSet()
        case .group(let name):
            return resolve(group: name, at: span)
        case .labels(let labels):
            let selected = network.members.filter { member in
                labels.allSatisfy { member.node.metadata.labels[$0.key] == $0.value }
            }
            return AddressSet(selected.flatMap(\.addresses))
        case .cidr(let prefix):
            return AddressSet([prefix])
        case .any:
            return .all
        }
    }

    private mutating func resolve(group name: String, at span: SourceSpan) -> AddressSet {
        guard let group = tenant.tenant.group(name) else {
            fail(.unknownReference, span, "there is no group \(name)")
            return AddressSet()
        }
        guard !openGroups.contains(name) else {
            fail(.groupCycle, span, "group \(name) contains itself: \((openGroups + [name]).joined(separator: " → "))")
            return AddressSet()
        }
        guard openGroups.count < Self.deepestGroup else {
            fail(.groupCycle, span, "groups are nested more than \(Self.deepestGroup) deep")
            return AddressSet()
        }
        openGroups.append(name)
        defer { openGroups.removeLast() }
        return resolve(group.members)
    }

    private mutating func fail(_ code: NetworkError.Code, _ span: SourceSpan, _ message: String) {
        errors.insert(NetworkError(code, tenant: tenant.name, at: span, message))
    }
}

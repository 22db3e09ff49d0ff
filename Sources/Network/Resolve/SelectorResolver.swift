internal import Addressing
internal import Manifests

/// What selectors mean in one network.
struct SelectorResolver {
    /// Of groups in groups; far more than anyone can follow.
    private static let deepestGroup = 32

    private let tenant: TenantInForce
    private let network: ResolvedNetwork
    /// By label and value the members, as indices, ascending. Made when the first selector asks for labels.
    private var labelled: [Label: [Int]]?
    private var known: [String: AddressSet]
    private var openGroups: [String] = []
    private(set) var errors: Set<NetworkError> = []

    /// - Parameter known: what selectors mean, by description, as far as another resolver of the same network has found
    ///   out without an error.
    init(_ network: ResolvedNetwork, in tenant: TenantInForce, known: [String: AddressSet] = [:]) {
        self.tenant = tenant
        self.network = network
        self.known = known
    }

    private struct Label: Hashable {
        let key: String
        let value: String
    }

    /// The addresses of the members that the selector names; with `cidr` and `any` also those of hosts behind routes.
    mutating func resolve(_ selector: Selector) -> AddressSet { resolve(selector, named: selector.description) }

    /// - Parameter name: the selector's description, where that has been made already.
    mutating func resolve(_ selector: Selector, named name: String) -> AddressSet {
        if let set = known[name] { return set }
        var set = resolve(selector.term, at: selector.span)
        for exception in selector.except {
            set = set.subtracting(resolve(exception))
        }
        known[name] = set
        return set
    }

    mutating func resolve(_ union: [Selector]) -> AddressSet {
        union.count == 1 ? resolve(union[0]) : AddressSet(union: union.map { resolve($0) })
    }

    private mutating func resolve(_ term: Selector.Term, at span: SourceSpan) -> AddressSet {
        switch term {
        case .node(let name):
            if !tenant.declares(node: name) { fail(.unknownReference, span, "there is no node \(name)") }
            return AddressSet(network.member(name)?.addresses ?? [])
        case .group(let name):
            return resolve(group: name, at: span)
        case .labels(let labels):
            return AddressSet(members(labels).flatMap { network.members[$0].addresses })
        case .cidr(let prefix):
            return AddressSet([prefix])
        case .any:
            return .all
        }
    }

    private mutating func resolve(group name: String, at span: SourceSpan) -> AddressSet {
        guard let group = tenant.group(name) else {
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

    /// Those that have all of the labels: of the label that the fewest have, whoever has the others.
    private mutating func members(_ labels: [String: String]) -> [Int] {
        let index = labelled ?? Self.index(network)
        labelled = index
        let lists = labels.map { index[Label(key: $0.key, value: $0.value)] ?? [] }
        guard let shortest = lists.min(by: { $0.count < $1.count }) else { return Array(network.members.indices) }
        guard lists.count > 1 else { return shortest }
        return shortest.filter { member in
            labels.allSatisfy { network.members[member].node.metadata.labels[$0.key] == $0.value }
        }
    }

    private static func index(_ network: ResolvedNetwork) -> [Label: [Int]] {
        var index: [Label: [Int]] = [:]
        for (position, member) in network.members.enumerated() {
            for (key, value) in member.node.metadata.labels {
                index[Label(key: key, value: value), default: []].append(position)
            }
        }
        return index
    }

    private mutating func fail(_ code: NetworkError.Code, _ span: SourceSpan, _ message: String) {
        errors.insert(NetworkError(code, tenant: tenant.name, at: span, message))
    }
}

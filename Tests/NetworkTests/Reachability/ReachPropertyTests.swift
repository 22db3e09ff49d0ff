import Addressing
import Manifests
import OverlayNetwork
import Testing

/// The engine against the simulator, on random tenants under random edits.
@Suite struct ReachPropertyTests {
    private static let services = RandomReach.services

    private func flowService(_ service: PacketSimulator.Service) -> Flow.Service {
        switch service {
        case .tcp(let port): .tcp(UInt16(port))
        case .udp(let port): .udp(UInt16(port))
        case .icmp: .icmp
        case .gre: .other
        }
    }

    private func bits(_ set: ServiceSet) -> UInt64 {
        Self.services.enumerated().reduce(0) { bits, service in
            set.contains(flowService(service.element)) ? bits | 1 << UInt64(service.offset) : bits
        }
    }

    @Test(arguments: 0..<8) func decisionsAreThoseOfTheSimulator(part: UInt64) throws {
        for seed in part * 100..<part * 100 + 100 {
            let random = try RandomReach(seed: seed)
            let samples = random.samples()
            guard let simulator = PacketSimulator(random.base, RandomReach.cvlan, at: noon),
                let reach = try ReachSide.resolving(RandomReach.cvlan, in: random.base).network
            else { continue }
            let verdicts = simulator.verdicts(samples, Self.services)
            for (i, source) in samples.enumerated() {
                let from = reach.partition.endpoint(of: source)
                guard (from == nil) == (verdicts.owners[i] == nil) else {
                    Issue.record("seed \(seed): \(source) is of \(String(describing: verdicts.owners[i]))")
                    return
                }
                for (j, destination) in samples.enumerated() where source.family == destination.family {
                    var open: UInt64 = 0
                    if let from, let to = reach.partition.endpoint(of: destination),
                        reach.partition.endpoints[from].member != reach.partition.endpoints[to].member
                    {
                        open = bits(
                            reach.services(
                                from: reach.partition.openers[reach.partition.openerOf[from]],
                                to: reach.partition.targets[reach.partition.targetOf[to]]))
                    }
                    guard open == verdicts.open[i][j] else {
                        Issue.record("seed \(seed): \(source) → \(destination) is \(open), not \(verdicts.open[i][j])")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<16) func deltasAreTheDifferenceOfSimulations(part: UInt64) throws {
        var boxes = 0
        for seed in part * 100..<part * 100 + 100 {
            let random = try RandomReach(seed: seed)
            let delta = ReachabilityDelta(
                from: try ReachSide.resolving(RandomReach.cvlan, in: random.base),
                to: try ReachSide.resolving(RandomReach.cvlan, in: random.head))
            boxes += delta.opened.count + delta.closed.count
            let bench = DeltaBench(random, Self.services)
            var faults = bench.faults(in: delta.opened, open: .head, bits)
            faults += bench.faults(in: delta.closed, open: .base, bits)
            guard faults.isEmpty else {
                Issue.record("seed \(seed): \(faults.prefix(3).joined(separator: "\n"))")
                return
            }
        }
        #expect(boxes > 100, "the edits are too tame")
    }

    @Test func aStateDoesNotDifferFromItself() throws {
        for seed in 0..<200 as Range<UInt64> {
            let side = try ReachSide.resolving(RandomReach.cvlan, in: try RandomReach(seed: seed).base)
            #expect(ReachabilityDelta(from: side, to: side).isEmpty, "seed \(seed)")
        }
    }
}

/// What a delta has to be.
private struct DeltaBench {
    private let random: RandomReach
    private let services: [PacketSimulator.Service]
    private let base: PacketSimulator?
    private let head: PacketSimulator?
    /// One for each thing that a flow can begin or end at, and the address that it has in each state.
    private let ends: [(name: String, base: IPAddress, head: IPAddress)]
    private let baseOpen: PacketSimulator.Verdicts?
    private let headOpen: PacketSimulator.Verdicts?

    init(_ random: RandomReach, _ services: [PacketSimulator.Service]) {
        self.random = random
        self.services = services
        base = PacketSimulator(random.base, RandomReach.cvlan, at: noon)
        head = PacketSimulator(random.head, RandomReach.cvlan, at: noon)
        ends = Self.ends(random, base, head)
        baseOpen = base?.verdicts(ends.map(\.base), services)
        headOpen = head?.verdicts(ends.map(\.head), services)
    }

    /// Nodes are themselves at whatever address; what is behind routes is its address. The address of an end that is
    /// not there is one that nobody has.
    private static func ends(
        _ random: RandomReach, _ base: PacketSimulator?, _ head: PacketSimulator?
    ) -> [(name: String, base: IPAddress, head: IPAddress)] {
        var ends: [(name: String, base: IPAddress, head: IPAddress)] = []
        var own: Set<IPAddress> = []
        for name in Set((base?.names ?? []) + (head?.names ?? [])).sorted() {
            for (family, nowhere) in [(IPFamily.v4, "10.0.0.63"), (.v6, "fd00::ff")] {
                guard let nowhere = IPAddress(nowhere) else { continue }
                let bases = (base?.addresses(of: name) ?? []).filter { $0.family == family }.sorted()
                let heads = (head?.addresses(of: name) ?? []).filter { $0.family == family }.sorted()
                own.formUnion(bases + heads)
                for address in bases where heads.contains(address) { ends.append((name, address, address)) }
                let restOfBase = bases.filter { !heads.contains($0) }
                let restOfHead = heads.filter { !bases.contains($0) }
                for index in 0..<max(restOfBase.count, restOfHead.count) {
                    ends.append(
                        (
                            name, index < restOfBase.count ? restOfBase[index] : nowhere,
                            index < restOfHead.count ? restOfHead[index] : nowhere
                        ))
                }
            }
        }
        return ends + random.samples().filter { !own.contains($0) }.map { ("\($0)", $0, $0) }
    }

    func faults(in boxes: [FlowBox], open side: ReachCause.Side, _ bits: (ServiceSet) -> UInt64) -> [String] {
        let open = side == .head ? headOpen : baseOpen
        let shut = side == .head ? baseOpen : headOpen
        var told = Array(repeating: Array(repeating: UInt64(0), count: ends.count), count: ends.count)
        var faults: [String] = []
        for box in boxes {
            faults += describedWrongly(box, side, open) + causedWrongly(box)
            let services = bits(box.services)
            let from = ends.indices.filter { box.from.addressSet.contains(address($0, side)) }
            let to = ends.indices.filter { box.to.addressSet.contains(address($0, side)) }
            for i in from {
                for j in to {
                    let isOneFamily = address(i, side).family == address(j, side).family
                    guard let open, isOneFamily, open.owners[i]?.node.name != open.owners[j]?.node.name else {
                        continue
                    }
                    if told[i][j] & services != 0 {
                        faults.append("\(ends[i].name) → \(ends[j].name) twice in \(boxes)")
                    }
                    told[i][j] |= services
                }
            }
        }
        for i in ends.indices {
            for j in ends.indices {
                let expected = (open?.open[i][j] ?? 0) & ~(shut?.open[i][j] ?? 0)
                guard told[i][j] != expected else { continue }
                faults.append(
                    "\(ends[i].name) → \(ends[j].name): \(told[i][j]) of \(expected), open in \(side): \(boxes)")
            }
        }
        return faults
    }

    private func address(_ end: Int, _ side: ReachCause.Side) -> IPAddress {
        side == .head ? ends[end].head : ends[end].base
    }

    // MARK: Words

    /// Names, prefixes and labels say what the set is.
    private func describedWrongly(
        _ box: FlowBox, _ side: ReachCause.Side, _ verdicts: PacketSimulator.Verdicts?
    ) -> [String] {
        guard let verdicts, let simulator = side == .head ? head : base else { return ["no network, but \(box)"] }
        var faults: [String] = []
        let families = box.family.map { [$0] } ?? Set(box.from.addressSet.prefixes.map(\.family)).sorted()
        for set in [box.from, box.to] {
            for index in ends.indices {
                let address = address(index, side)
                guard let owner = verdicts.owners[index] else {
                    if set.addressSet.contains(address) { faults.append("nobody has \(address) of \(box)") }
                    continue
                }
                guard families.contains(address.family) else { continue }
                let isNamed =
                    if let route = owner.route {
                        set.routes.contains {
                            $0.gateway == owner.node.name && route.contains($0.prefix) && $0.prefix.contains(address)
                        }
                    } else {
                        set.nodes.contains(owner.node.name) || set.addresses.contains { $0.address == address }
                    }
                if isNamed != set.addressSet.contains(address), set.addressSet.has(address.family) {
                    faults.append("\(address) in \(set) of \(box)")
                }
                if let label = set.label, set.addressSet.has(address.family),
                    simulator.selects(selector(label, side), address, owner) != set.addressSet.contains(address)
                {
                    faults.append("\(address) and \(label) of \(box)")
                }
            }
        }
        return faults
    }

    private func selector(_ text: String, _ side: ReachCause.Side) -> Selector {
        let manifests = side == .head ? random.head : random.base
        let all =
            manifests.policies.values.flatMap { $0.rules.flatMap { $0.from + $0.to } }
            + manifests.tenant.groups.map { Selector.group($0.name) }
        return all.first { $0.description == text } ?? .any
    }

    // MARK: Causes

    /// Every box has causes, and each is something that does differ, with its place.
    private func causedWrongly(_ box: FlowBox) -> [String] {
        if box.causes.isEmpty { return ["no cause of \(box)"] }
        return box.causes.filter { !differs($0) || $0.span.line == 0 }.map { "\($0) is no cause of \(box)" }
    }

    private func differs(_ cause: ReachCause) -> Bool {
        let (base, head) = (random.base, random.head)
        func rules(_ manifests: TenantManifests) -> [Policy.Rule] { manifests.policies.values.flatMap(\.rules) }
        let isNew = cause.base == nil && cause.head != nil
        let isGone = cause.base != nil && cause.head == nil
        let isInBoth = cause.base != nil && cause.head != nil
        func node(_ name: String, _ differ: (Node, Node) -> Bool) -> Bool {
            guard let ofBase = base.nodes[name], let ofHead = head.nodes[name] else { return false }
            return differ(ofBase, ofHead)
        }
        func isMember(_ manifests: TenantManifests, _ name: String) -> Bool {
            manifests.nodes[name]?.networks.isEmpty == false
        }
        func hasRoute(_ manifests: TenantManifests, _ prefix: IPPrefix, _ name: String) -> Bool {
            manifests.nodes[name]?.routes.contains { $0.prefix == prefix } ?? false
        }
        func lines(_ manifests: TenantManifests) -> Set<Int32> { Set(rules(manifests).map(\.span.line)) }
        return switch cause.kind {
        case .ruleAdded: isNew && cause.head.map { lines(head).contains($0.line) } ?? false
        case .ruleRemoved: isGone && cause.base.map { lines(base).contains($0.line) } ?? false
        case .ruleChanged: isInBoth && rules(base) != rules(head)
        case .policyScopeChanged(let name): isInBoth && base.policies[name]?.cvlan != head.policies[name]?.cvlan
        case .groupChanged(let name): isInBoth && base.tenant.group(name) != head.tenant.group(name)
        case .nodeAdded(let name): isNew && base.nodes[name] == nil && head.nodes[name] != nil
        case .nodeRemoved(let name): isGone && base.nodes[name] != nil && head.nodes[name] == nil
        case .nodeExpired(let name): node(name) { !$0.isExpired(at: noon) && $1.isExpired(at: noon) }
        case .expiryChanged(let name): node(name) { $0.isExpired(at: noon) && !$1.isExpired(at: noon) }
        case .membershipAdded(let name): isNew && !isMember(base, name) && isMember(head, name)
        case .membershipRemoved(let name): isGone && isMember(base, name) && !isMember(head, name)
        case .labelsChanged(let name): isInBoth && node(name) { $0.metadata.labels != $1.metadata.labels }
        case .roleChanged(let name): isInBoth && node(name) { $0.role != $1.role }
        case .keyChanged(let name): isInBoth && node(name) { $0.publicKey != $1.publicKey }
        case .addressChanged(let name, let from, let to): from != to && node(name) { $0.networks != $1.networks }
        case .routeAdded(let prefix, let name): isNew && !hasRoute(base, prefix, name) && hasRoute(head, prefix, name)
        case .routeRemoved(let prefix, let name):
            isGone && hasRoute(base, prefix, name) && !hasRoute(head, prefix, name)
        case .routeChanged(_, let name): isInBoth && node(name) { $0.routes != $1.routes }
        case .networkAdded: isNew && base.cvlans.isEmpty && !head.cvlans.isEmpty
        case .networkRemoved: isGone && !base.cvlans.isEmpty && head.cvlans.isEmpty
        case .rangeChanged: isInBoth && base.cvlans[RandomReach.cvlan]?.range != head.cvlans[RandomReach.cvlan]?.range
        case .topologyChanged:
            isInBoth && base.cvlans[RandomReach.cvlan]?.topology != head.cvlans[RandomReach.cvlan]?.topology
        case .defaultActionChanged: isInBoth && base.tenant.defaults.action != head.tenant.defaults.action
        }
    }
}

extension AddressSet {
    fileprivate func has(_ family: IPFamily) -> Bool { !restricted(to: family).isEmpty }
}

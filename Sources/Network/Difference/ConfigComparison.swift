internal import Addressing
internal import FoundationEssentials
internal import Manifests
internal import WireFormat

/// Compares the configs of two states of one network, member by member. What members share is compared once.
struct ConfigComparison {
    private let old: CompiledNetwork
    private let new: CompiledNetwork
    private let rules: ConfigDelta.Counts
    private let addressSets: ConfigDelta.Counts
    private let fields: [ConfigDelta.Field]
    private var known: [Classes: Shared] = [:]

    private struct Classes: Hashable {
        let old: CompiledPeers.Class
        let new: CompiledPeers.Class
    }

    /// What members of the same classes have in common.
    private struct Shared {
        let old: WireNetworkConfig
        let new: WireNetworkConfig
        let peers: NamedDifference
    }

    init(_ old: CompiledNetwork, _ new: CompiledNetwork) {
        self.old = old
        self.new = new
        rules = NamedDifference(old.filter.ruleSegments, new.filter.ruleSegments).counts
        addressSets = NamedDifference(old.filter.setSegments, new.filter.setSegments).counts
        let (a, b) = (old.network, new.network)
        fields = [
            a.cidrs == b.cidrs ? nil : .prefixes, a.topology == b.topology ? nil : .topology,
            a.mtu == b.mtu ? nil : .mtu, a.keepalive == b.keepalive ? nil : .keepalive,
            a.defaultAction == b.defaultAction ? nil : .defaultAction,
            a.linkProtocol == b.linkProtocol ? nil : .linkProtocol,
            !a.usesIPsec || !b.usesIPsec || a.ipsecProfile == b.ipsecProfile ? nil : .ipsecProfile,
        ].compactMap { $0 }
    }

    /// `nil` when the member's config is the same, byte for byte.
    mutating func delta(
        from previous: ResolvedNetwork.Member, to member: ResolvedNetwork.Member
    ) -> ConfigDelta? {
        let classes = Classes(
            old: CompiledPeers.class(of: previous, in: old.network),
            new: CompiledPeers.class(of: member, in: new.network))
        let shared = known[classes] ?? compare(classes)
        known[classes] = shared
        let own = ownFields(previous, member)
        let isSame =
            own.isEmpty && old.config(of: previous, shared.old) == new.config(of: member, shared.new)
        guard !isSame else { return nil }
        var delta = ConfigDelta()
        delta.peers = shared.peers.counts(without: member.name)
        delta.ownEntry = shared.peers.contains(member.name)
        delta.rules = rules
        delta.addressSets = addressSets
        let fields = Set(fields + own)
        delta.fields = ConfigDelta.Field.allCases.filter(fields.contains)
        if delta == ConfigDelta() { delta.fields = [.order] }
        return delta
    }

    private func compare(_ classes: Classes) -> Shared {
        Shared(
            old: old.template(for: classes.old), new: new.template(for: classes.new),
            peers: NamedDifference(
                old.peers.segments[classes.old] ?? [], new.peers.segments[classes.new] ?? []))
    }

    private func ownFields(_ a: ResolvedNetwork.Member, _ b: ResolvedNetwork.Member) -> [ConfigDelta.Field] {
        [
            a.addresses == b.addresses ? nil : .addresses, a.listenPort == b.listenPort ? nil : .listenPort,
            a.routes == b.routes ? nil : .advertisedRoutes, a.node.role == b.node.role ? nil : .role,
            a.node.publicKey == b.node.publicKey ? nil : .publicKey,
            a.demandsIPsec == b.demandsIPsec ? nil : .linkProtocol,
            old.network.sites(of: a.name).map { WireIPsecSite($0) }
                == new.network.sites(of: b.name).map { WireIPsecSite($0) } ? nil : .ipsecSites,
        ].compactMap { $0 }
    }
}

/// What differs between two lists of segments, by the names of what is in them.
private struct NamedDifference {
    private var added: Set<String> = []
    private var removed: Set<String> = []
    private var changed: Set<String> = []

    init(_ old: [ContentSegment], _ new: [ContentSegment]) {
        let shared = Set(old).intersection(new)
        let before = Self.items(old.filter { !shared.contains($0) })
        let after = Self.items(new.filter { !shared.contains($0) })
        for (name, item) in after {
            guard let previous = before[name] else {
                added.insert(name)
                continue
            }
            if previous != item { changed.insert(name) }
        }
        removed = Set(before.keys.filter { after[$0] == nil })
    }

    func contains(_ name: String) -> Bool {
        added.contains(name) || removed.contains(name) || changed.contains(name)
    }

    var counts: ConfigDelta.Counts { counts(without: nil) }

    func counts(without name: String?) -> ConfigDelta.Counts {
        func count(_ names: Set<String>) -> Int { names.count - (name.map(names.contains) == true ? 1 : 0) }
        var counts = ConfigDelta.Counts()
        counts.added = count(added)
        counts.removed = count(removed)
        counts.changed = count(changed)
        return counts
    }

    private enum Item: Equatable {
        case peer(WirePeer)
        case set(WireAddressSet)
        case rule(WireFilterRule)
    }

    private static func items(_ segments: [ContentSegment]) -> [String: Item] {
        var items: [String: Item] = [:]
        for segment in segments {
            guard let wire = try? WireSegment(serializedBytes: segment.bytes) else {
                preconditionFailure("a segment that was encoded here can be decoded")
            }
            switch wire.kind {
            case .peers(let segment): for peer in segment.peers { items[peer.node] = .peer(peer) }
            case .addressSets(let segment): for set in segment.sets { items[set.name] = .set(set) }
            case .rules(let segment): for rule in segment.rules { items[rule.name] = .rule(rule) }
            case nil: break
            }
        }
        return items
    }
}

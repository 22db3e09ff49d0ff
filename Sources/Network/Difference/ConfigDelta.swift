/// How a node's config of one network differs from the one before, in what it says: not in how it is cut into segments.
package struct ConfigDelta: Hashable, Sendable {
    package struct Counts: Hashable, Sendable {
        package var added = 0
        package var removed = 0
        package var changed = 0

        package init() {}

        package var isZero: Bool { self == Counts() }
    }

    /// Values that are the node's own or the network's.
    package enum Field: String, Hashable, Sendable, CaseIterable {
        case prefixes, addresses, topology, mtu, keepalive, defaultAction
        case listenPort, advertisedRoutes, role, publicKey
        case linkProtocol, ipsecProfile, ipsecSites
        /// Of rules, which does not matter to what they do.
        case order
    }

    /// Without the node itself.
    package var peers = Counts()
    package var rules = Counts()
    package var addressSets = Counts()
    /// In the order of their declaration.
    package var fields: [Field] = []
    /// Whether the entry that others have of the node differs. It passes over that, and yet has it.
    package var ownEntry = false

    package init() {}
}

/// How the configs of one network differ between two states of it.
package struct NetworkConfigDifference: Hashable, Sendable {
    /// Members now that were none before, and the other way; in name order.
    package let joined: [String]
    package let left: [String]
    /// Members whose config differs, together where it differs alike. Larger groups first.
    package let changed: [Group]

    package struct Group: Hashable, Sendable {
        package let delta: ConfigDelta
        /// In name order.
        package let nodes: [String]
    }

    /// - Parameters:
    ///   - old: `nil`: there was no such network.
    ///   - new: `nil`: there is none any more.
    package init(from old: CompiledNetwork?, to new: CompiledNetwork?) {
        guard let old, let new else {
            joined = new?.network.members.map(\.name) ?? []
            left = old?.network.members.map(\.name) ?? []
            changed = []
            return
        }
        var comparison = ConfigComparison(old, new)
        let before = Dictionary(uniqueKeysWithValues: old.network.members.map { ($0.name, $0) })
        var joined: [String] = []
        var groups: [ConfigDelta: [String]] = [:]
        for member in new.network.members {
            guard let previous = before[member.name] else {
                joined.append(member.name)
                continue
            }
            if let delta = comparison.delta(from: previous, to: member) {
                groups[delta, default: []].append(member.name)
            }
        }
        let now = Set(new.network.members.map(\.name))
        self.joined = joined
        left = old.network.members.map(\.name).filter { !now.contains($0) }
        changed = groups.map { Group(delta: $0.key, nodes: $0.value) }.sorted { a, b in
            a.nodes.count == b.nodes.count ? a.nodes.first ?? "" < b.nodes.first ?? "" : a.nodes.count > b.nodes.count
        }
    }
}

package import Addressing
package import Manifests

/// Something that differs between two states and because of which flows open or close.
package struct ReachCause: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// POLICY/RULE, or POLICY/N. Changed: action, selectors or ports.
        case ruleAdded(String)
        case ruleRemoved(String)
        case ruleChanged(String)
        /// A policy speaks of other networks than before.
        case policyScopeChanged(String)
        case groupChanged(String)
        case nodeAdded(String)
        case nodeRemoved(String)
        case nodeExpired(String)
        /// It had expired, and its `expires` says something else now.
        case expiryChanged(String)
        case membershipAdded(String)
        case membershipRemoved(String)
        case labelsChanged(String)
        case roleChanged(String)
        /// A node has enrolled, or lost its key: of two that have the same route, one with a key wins.
        case keyChanged(String)
        case addressChanged(String, from: [IPAddress], to: [IPAddress])
        case routeAdded(IPPrefix, via: String)
        case routeRemoved(IPPrefix, via: String)
        /// Its priority.
        case routeChanged(IPPrefix, via: String)
        case networkAdded(String)
        case networkRemoved(String)
        case rangeChanged(String)
        case topologyChanged(String)
        case defaultActionChanged
    }

    package enum Side: Hashable, Sendable {
        case base, head
    }

    package let kind: Kind
    /// Where the base's files have it; `nil` for what is new.
    package let base: SourceSpan?
    /// Where the head's files have it; `nil` for what is gone.
    package let head: SourceSpan?

    /// Where to look: in the head's files, or where it is gone in the base's.
    package var side: Side { head == nil ? .base : .head }
    package var span: SourceSpan { head ?? base ?? .none }
}

extension ReachCause: Comparable {
    /// By place, the head's first; then by text.
    package static func < (a: ReachCause, b: ReachCause) -> Bool {
        (a.side == .head ? 0 : 1, a.span, a.description) < (b.side == .head ? 0 : 1, b.span, b.description)
    }
}

extension ReachCause: CustomStringConvertible {
    /// Without the place.
    package var description: String {
        switch kind {
        case .ruleAdded(let rule): "rule \(rule) added"
        case .ruleRemoved(let rule): "rule \(rule) removed"
        case .ruleChanged(let rule): "rule \(rule) changed"
        case .policyScopeChanged(let policy): "policy \(policy) is for other networks"
        case .groupChanged(let group): "group \(group) changed"
        case .nodeAdded(let node): "node \(node) added"
        case .nodeRemoved(let node): "node \(node) removed"
        case .nodeExpired(let node): "node \(node) has expired"
        case .expiryChanged(let node): "expiry of node \(node) changed"
        case .membershipAdded(let node): "node \(node) joined"
        case .membershipRemoved(let node): "node \(node) left"
        case .labelsChanged(let node): "labels of node \(node) changed"
        case .roleChanged(let node): "role of node \(node) changed"
        case .keyChanged(let node): "key of node \(node) changed"
        case .addressChanged(let node, let from, let to):
            "node \(node) moved from \(Self.text(from)) to \(Self.text(to))"
        case .routeAdded(let prefix, let node): "route \(prefix) of node \(node) added"
        case .routeRemoved(let prefix, let node): "route \(prefix) of node \(node) removed"
        case .routeChanged(let prefix, let node): "route \(prefix) of node \(node) changed"
        case .networkAdded(let network): "network \(network) added"
        case .networkRemoved(let network): "network \(network) removed"
        case .rangeChanged(let network): "range of network \(network) changed"
        case .topologyChanged(let network): "topology of network \(network) changed"
        case .defaultActionChanged: "the tenant's default action changed"
        }
    }

    private static func text(_ addresses: [IPAddress]) -> String {
        addresses.isEmpty ? "nowhere" : addresses.map(\.description).joined(separator: ", ")
    }
}

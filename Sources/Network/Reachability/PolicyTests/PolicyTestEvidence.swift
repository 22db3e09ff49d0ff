package import Addressing
package import Manifests

/// What people need to know to understand why a flow is decided as it is.
package struct PolicyTestEvidence: Hashable, Sendable {
    /// `laptop-1`, or `gw-1` with its route: whose address it is; `nil`: nobody's.
    package let source: String?
    package let destination: String?
    /// Of the rule that decides.
    package let rule: SourceSpan?
    /// Where no rule decides but one should: the one that comes closest.
    package let nearest: NearestRule?

    init(_ flow: Flow, _ decision: Decision, in network: ResolvedNetwork, _ rules: FilterRules) {
        source = network.owner(of: flow.source)
        destination = network.owner(of: flow.destination)
        rule = decision.rule.flatMap { name in rules.rules.first { $0.name == name } }?.span
        nearest = decision.rule == nil && decision.action == .deny ? NearestRule(to: flow, in: rules) : nil
    }
}

/// An allow that would let a flow through, were it not for one thing.
package struct NearestRule: Hashable, Sendable, CustomStringConvertible {
    /// POLICY/RULE.
    package let name: String
    package let span: SourceSpan
    package let obstacle: Obstacle

    package enum Obstacle: Hashable, Sendable {
        /// It is for these services only.
        case services(ServiceSet)
        /// It is for these only, as its manifest has them.
        case from([String])
        case to([String])
    }

    /// First one for other services, then one to others, then one from others.
    init?(to flow: Flow, in rules: FilterRules) {
        func isSource(_ rule: FilterRules.Rule) -> Bool { rules.matches(flow.source, rule.from) }
        func isDestination(_ rule: FilterRules.Rule) -> Bool { rules.matches(flow.destination, rule.to) }
        let allows = rules.rules.filter { $0.action == .allow }
        if let rule = allows.first(where: { isSource($0) && isDestination($0) }) {
            self.init(rule, .services(ServiceSet(rule.ports)))
        } else if let rule = allows.first(where: { isSource($0) && $0.concerns(flow.service) }) {
            self.init(rule, .to(rule.to))
        } else if let rule = allows.first(where: { isDestination($0) && $0.concerns(flow.service) }) {
            self.init(rule, .from(rule.from))
        } else {
            return nil
        }
    }

    private init(_ rule: FilterRules.Rule, _ obstacle: Obstacle) {
        name = rule.name
        span = rule.span
        self.obstacle = obstacle
    }

    package var description: String {
        func list(_ selectors: [String]) -> String {
            selectors.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + (selectors.count > 3 ? ", …" : "")
        }
        return switch obstacle {
        case .services(let services): "rule `\(name)` allows it for \(services) only"
        case .from(let selectors): "rule `\(name)` allows it from \(list(selectors)) only"
        case .to(let selectors): "rule `\(name)` allows it to \(list(selectors)) only"
        }
    }
}

extension ResolvedNetwork {
    /// The member that has an address, or that has the longest route to it: `gw-1, 10.1.0.0/24`.
    package func owner(of address: IPAddress) -> String? {
        if let member = members.first(where: { $0.addresses.contains(address) }) { return member.name }
        let routes = members.lazy.flatMap { member in member.wonRoutes.map { (member: member.name, prefix: $0) } }
        let best = routes.filter { $0.prefix.contains(address) }.max { $0.prefix.length < $1.prefix.length }
        return best.map { "behind \($0.member), \($0.prefix)" }
    }
}

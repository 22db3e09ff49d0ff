internal import Addressing
internal import Manifests
internal import OverlayNetwork

/// An allow for `any` does not open what is behind gateways without saying so.
struct RoutedSubnetRule: TrialRule {
    private static let mostNames = 3

    /// A route, in the order of networks.
    private struct Opened: Hashable {
        let prefix: IPPrefix
        let gateway: String
        let span: SourceSpan
    }

    func check(_ trial: TrialView, _ report: inout Report) {
        // Where everything is open, an allow opens nothing.
        guard trial.tenant.tenant.defaults.action == .deny else { return }
        var opened: [RuleID: [Opened]] = [:]
        var seen: [RuleID: Set<Opened>] = [:]
        for reach in trial.networks where reach.partition.endpoints.contains(where: \.isRouted) {
            for (index, rule) in reach.rules.rules.enumerated() where rule.action == .allow {
                let id = RuleID(policy: rule.policy, index: rule.index)
                guard let written = trial[id]?.rule, written.hasAny else { continue }
                for route in routes(of: index, written, in: reach)
                where seen[id, default: []].insert(route).inserted {
                    opened[id, default: []].append(route)
                }
            }
        }
        for written in trial.rules {
            guard let routes = opened[written.id], let any = (written.rule.from + written.rule.to).first(where: \.isAny)
            else { continue }
            let names = routes.prefix(Self.mostNames).map { "\($0.prefix) behind `\($0.gateway)`" }
            let more = routes.count > names.count ? ["\(routes.count - names.count) more"] : []
            let prefixes = routes.prefix(Self.mostNames).map { "{ cidr: \(text($0.prefix)) }" }.joined(separator: ", ")
            report.add(
                .opensRoutedSubnet, at: any.span,
                "`any` is also \((names + more).joined(separator: ", ")): name it with `cidr` if that is meant, or else "
                    + "write `{ any: true, except: [\(prefixes)] }`",
                related: routes.prefix(Self.mostNames).map {
                    Finding.Related($0.span, "the route of `\($0.gateway)`")
                })
        }
    }

    /// Routes that a rule opens, to or from, by `any` alone.
    private func routes(of rule: Int, _ written: Policy.Rule, in reach: NetworkReach) -> [Opened] {
        var result: [Opened] = []
        var seen: Set<Opened> = []
        for (groups, others, selectors) in [
            (reach.partition.openers, reach.partition.targets, written.from),
            (reach.partition.targets, reach.partition.openers, written.to),
        ] where selectors.contains(where: \.isAny) {
            let named = selectors.compactMap(\.prefix)
            for group in groups where group.rules.contains(rule) {
                let isOpen = others.contains { other in
                    other.family == group.family && other.rules.contains(rule)
                        && group.attachment.reaches(other.attachment)
                        && !reach.services(of: group.rules.intersection(other.rules)).isEmpty
                }
                guard isOpen else { continue }
                for index in group.endpoints {
                    let endpoint = reach.partition.endpoints[index]
                    let node = reach.network.members[endpoint.member].node
                    guard let route = endpoint.route.map({ node.routes[$0] }),
                        !named.contains(where: { $0.overlaps(route.prefix) })
                    else { continue }
                    let opened = Opened(prefix: route.prefix, gateway: node.name, span: route.$prefix.span)
                    if seen.insert(opened).inserted { result.append(opened) }
                }
            }
        }
        return result
    }

    /// As YAML takes it in a mapping.
    private func text(_ prefix: IPPrefix) -> String { prefix.family == .v6 ? "\"\(prefix)\"" : "\(prefix)" }
}

extension Policy.Rule {
    fileprivate var hasAny: Bool { (from + to).contains(where: \.isAny) }
}

extension Selector {
    fileprivate var isAny: Bool { term == .any }

    fileprivate var prefix: IPPrefix? { if case .cidr(let prefix) = term { prefix } else { nil } }
}

package import Lint
internal import Manifests
internal import OverlayNetwork

/// A plan for a terminal, or a log.
package struct TextPlan {
    private let plan: ChangePlan
    private let paint: Paint
    /// Names of nodes that are told of many.
    private static let mostNames = 8

    package init(_ plan: ChangePlan, _ style: TextStyle = .plain) {
        self.plan = plan
        paint = Paint(isColored: style.isColored)
    }

    package var text: String {
        var lines = ["From \(PlanWords.side(plan.base)) to \(PlanWords.side(plan.head))"].map(visible)
        if plan.hasChanges, let note = PlanWords.note(plan.published) { lines.append(visible("Note: \(note)")) }
        lines += held + danger
        for tenant in plan.tenants { lines += section(tenant) }
        lines += ["", paint(visible(PlanWords.summary(plan)), .strong)]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: What comes first

    private var held: [String] {
        guard plan.isHeldBack else { return [] }
        var lines = [""]
        if !plan.findings.isEmpty {
            lines.append(
                paint(
                    "The head does not lint, and no tenant can be told whose fault it is: nothing changes for anyone.",
                    .error))
            lines += plan.findings.map { "  " + visible("\($0)") }
        }
        for tenant in plan.tenants where !tenant.findings.isEmpty && plan.findings.isEmpty {
            lines.append(paint("The head does not hold for tenant \(tenant.name): nothing changes for it.", .error))
            lines += tenant.findings.map { "  " + visible("\($0)") }
        }
        return lines
    }

    private var danger: [String] {
        let lines = plan.tenants.flatMap { tenant in
            tenant.destruction.map { PlanWords.destruction($0, of: tenant.name) }
                + PlanWords.prune(tenant.prune, of: tenant.name)
        }
        guard !lines.isEmpty else { return [] }
        return ["", paint("Destructive:", .error)] + lines.map { "  \(paint("!", .error)) \(visible($0))" }
    }

    // MARK: A tenant

    private func section(_ tenant: TenantPlan) -> [String] {
        var lines = ["", paint("Tenant \(tenant.name)", .strong)]
        lines += PlanWords.remarks(tenant).map { "  \($0)" }
        lines += resources(tenant.resources)
        lines += reachability(tenant.networks)
        lines += addresses(tenant.networks)
        lines += configurations(tenant.networks)
        return lines
    }

    private func resources(_ changes: [ResourceChange]) -> [String] {
        guard !changes.isEmpty else { return [] }
        let width = changes.map { $0.id.words.count }.max() ?? 0
        return [heading("Resources")]
            + changes.flatMap { change in
                let name = visible(change.id.words.padded(to: width))
                let role = role(change.action.sign)
                return ["    \(paint("\(change.action.sign) \(name)", role))  \(visible("\(change.span)"))"]
                    + change.fields.map { field(of: change.action, $0) }
            }
    }

    private func field(of action: ResourceChange.Action, _ change: FieldChange) -> String {
        // Of what is new, everything is.
        let sign = action == .create ? " " : change.sign
        return "        \(paint(sign, role(change.sign))) \(visible("\(change.path): \(PlanWords.value(change))"))"
    }

    private func reachability(_ networks: [NetworkPlan]) -> [String] {
        let lines = networks.flatMap { network in
            flows(network.reach.opened, "+", "opens", network) + flows(network.reach.closed, "-", "closes", network)
        }
        return lines.isEmpty ? [] : [heading("Reachability")] + lines
    }

    private func flows(_ boxes: [FlowBox], _ sign: String, _ verb: String, _ network: NetworkPlan) -> [String] {
        boxes.flatMap { box in
            let flow = visible(PlanWords.flow(box, atMost: Self.mostNames))
            let pairs = box.nodePairs > 0 ? "  [\(PlanWords.count(box.nodePairs, "pair")) of nodes]" : ""
            return ["    \(paint("\(sign) \(network.name)  \(verb)", role(sign)))  \(flow)\(pairs)"]
                + box.causes.prefix(Self.mostNames).map { "        \(visible(PlanWords.cause($0)))" }
                + (box.causes.count > Self.mostNames
                    ? ["        and \(PlanWords.count(box.causes.count - Self.mostNames, "cause")) more"] : [])
        }
    }

    private func addresses(_ networks: [NetworkPlan]) -> [String] {
        let lines = networks.flatMap { network -> [String] in
            var lines: [String] = []
            let (old, new) = (network.old?.prefixes ?? [], network.new?.prefixes ?? [])
            if old != new {
                lines.append(row(old, new, "network \(network.name)", note: ""))
            }
            let width = network.addresses.map(\.node.count).max() ?? 0
            lines += network.addresses.map { change in
                row(
                    change.old, change.new, "\(network.name)  \(change.node.padded(to: width))",
                    note: change.isAllocated ? "  (allocated)" : "")
            }
            return lines
        }
        return lines.isEmpty ? [] : [heading("Addresses")] + lines
    }

    private func row(_ old: [String], _ new: [String], _ name: String, note: String) -> String {
        let sign = old.isEmpty ? "+" : new.isEmpty ? "-" : "~"
        let values = [old, new].filter { !$0.isEmpty }.map { $0.joined(separator: ", ") }.joined(separator: " → ")
        return "    \(paint("\(sign) \(name)", role(sign)))  \(values)\(note)"
    }

    private func configurations(_ networks: [NetworkPlan]) -> [String] {
        let lines = networks.flatMap { network -> [String] in
            var lines: [String] = []
            func add(_ sign: String, _ nodes: [String], _ what: String) {
                guard !nodes.isEmpty else { return }
                let who = "\(network.name)  \(PlanWords.count(nodes.count, "node"))"
                let names = PlanWords.list(nodes, atMost: Self.mostNames)
                lines.append("    \(paint("\(sign) \(who)", role(sign)))  \(what): \(names)")
            }
            add("+", network.configs.joined, nodes(network.configs.joined, "join", "joins"))
            add("-", network.configs.left, nodes(network.configs.left, "leave", "leaves"))
            for group in network.configs.changed { add("~", group.nodes, PlanWords.delta(group.delta)) }
            return lines
        }
        return lines.isEmpty ? [] : [heading("Configurations")] + lines
    }

    private func nodes(_ names: [String], _ many: String, _ one: String) -> String { names.count == 1 ? one : many }

    // MARK: Looks

    private func heading(_ text: String) -> String { "  " + paint(text, .frame) }

    private func visible(_ text: String) -> String { VisibleText.of(text) }

    private func role(_ sign: String) -> Paint.Role { sign == "+" ? .fix : sign == "-" ? .error : .warning }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

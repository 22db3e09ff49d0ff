internal import Addressing
internal import Lint
internal import Manifests
internal import OverlayNetwork

/// A plan as a comment of a pull request. What does not fit is left out, and counted; what is dangerous comes first.
package struct MarkdownPlan {
    private let plan: ChangePlan
    private let limit: Int

    /// Characters of a comment on GitHub.
    package static let standardLimit = 65_536
    /// Lines of what comes first, and names in a cell.
    private static let mostLines = 30
    private static let mostNames = 12
    private static let mostCauses = 5

    /// - Parameter limit: bytes, which are never fewer than characters.
    package init(_ plan: ChangePlan, limit: Int = Self.standardLimit) {
        self.plan = plan
        self.limit = limit
    }

    package var text: String {
        var page = MarkdownPage(limit: limit)
        page.add(["## Plan: \(side(plan.base)) → \(side(plan.head))", ""])
        page.add(held + danger)
        page.add(["**\(MarkdownText.words(PlanWords.summary(plan)))**", ""])
        if plan.hasChanges, let note = PlanWords.note(plan.published) {
            page.add(["_\(MarkdownText.words(note))_", ""])
        }
        for tenant in plan.tenants {
            page.add(["### Tenant \(tenant.name)", ""])
            for remark in PlanWords.remarks(tenant) { page.add([remark, ""]) }
            for section in sections(of: tenant) { page.add(section) }
        }
        return page.text
    }

    private func side(_ side: PlanSide) -> String {
        let words = PlanWords.side(side)
        return side.commit == nil ? words : MarkdownText.code(words)
    }

    // MARK: What comes first

    private var held: [String] {
        guard plan.isHeldBack else { return [] }
        let tenants = plan.tenants.filter { !$0.findings.isEmpty }.map(\.name)
        let whom =
            plan.findings.isEmpty
            ? "for tenant \(PlanWords.list(tenants, atMost: Self.mostNames))" : "for any tenant"
        let findings = plan.findings.isEmpty ? plan.tenants.flatMap(\.findings) : plan.findings
        return ["> [!WARNING]", "> **The head does not hold: nothing changes \(whom).**", ""]
            + cut(findings.map { "- \(MarkdownText.code("\($0)"))" }) + [""]
    }

    private var danger: [String] {
        let lines = plan.tenants.flatMap { tenant in
            tenant.destruction.map { PlanWords.destruction($0, of: tenant.name) }
                + PlanWords.prune(tenant.prune, of: tenant.name)
        }
        guard !lines.isEmpty else { return [] }
        return ["> [!CAUTION]", "> **Destructive**", ">"] + cut(lines.map { "> - \(MarkdownText.words($0))" }, "> ") + [
            ""
        ]
    }

    private func cut(_ lines: [String], _ prefix: String = "") -> [String] {
        guard lines.count > Self.mostLines else { return lines }
        return lines.prefix(Self.mostLines) + ["\(prefix)- and \(lines.count - Self.mostLines) more"]
    }

    // MARK: Sections

    private func sections(of tenant: TenantPlan) -> [MarkdownSection] {
        [
            MarkdownSection(
                "Reachability", Self.count(of: tenant.networks),
                ["", "Network", "From", "To", "Services", "Pairs", "Because"],
                tenant.networks.flatMap(flows), isOpen: true),
            MarkdownSection(
                "Resources", "\(tenant.resources.count)", ["", "Resource", "Field", "Change", "Where"],
                tenant.resources.flatMap(rows)),
            MarkdownSection(
                "Addresses", "\(tenant.networks.map(\.addresses.count).reduce(0, +))",
                ["", "Network", "Node", "Before", "After"], tenant.networks.flatMap(addresses)),
            MarkdownSection(
                "Configurations", PlanWords.count(tenant.nodes.reconfigured, "node"),
                ["", "Network", "Nodes", "What", "Which"], tenant.networks.flatMap(configurations)),
        ].filter { !$0.rows.isEmpty }
    }

    private func rows(_ change: ResourceChange) -> [[String]] {
        let name = "\(change.id.kind.rawValue) \(MarkdownText.code(change.id.name))"
        let head = [change.action.sign, name, "", "", MarkdownText.code("\(change.span)")]
        return [head]
            + change.fields.map { field in
                let place = field.newSpan ?? field.oldSpan ?? change.span
                return [
                    field.sign, "", MarkdownText.code(field.path), MarkdownText.code(PlanWords.value(field)),
                    MarkdownText.code("\(place)"),
                ]
            }
    }

    private static func count(of networks: [NetworkPlan]) -> String {
        let opened = networks.map(\.reach.opened.count).reduce(0, +)
        let closed = networks.map(\.reach.closed.count).reduce(0, +)
        return "\(opened) opened, \(closed) closed"
    }

    private func flows(_ network: NetworkPlan) -> [[String]] {
        func row(_ sign: String, _ box: FlowBox) -> [String] {
            let only = box.family.map { $0 == .v4 ? " (IPv4)" : " (IPv6)" } ?? ""
            let causes = box.causes.prefix(Self.mostCauses).map { MarkdownText.code(PlanWords.cause($0)) }
            let more = box.causes.count > Self.mostCauses ? ["and \(box.causes.count - Self.mostCauses) more"] : []
            return [
                sign, network.name, MarkdownText.code(PlanWords.ends(box.from, atMost: Self.mostNames)),
                MarkdownText.code(PlanWords.ends(box.to, atMost: Self.mostNames)), "\(box.services)\(only)",
                "\(box.nodePairs)", (causes + more).joined(separator: "<br>"),
            ]
        }
        return network.reach.opened.map { row("+ opens", $0) } + network.reach.closed.map { row("- closes", $0) }
    }

    private func addresses(_ network: NetworkPlan) -> [[String]] {
        func list(_ addresses: [String]) -> String { addresses.joined(separator: ", ") }
        let (old, new) = (network.old?.prefixes ?? [], network.new?.prefixes ?? [])
        let prefixes =
            old == new
            ? [] : [[old.isEmpty ? "+" : new.isEmpty ? "-" : "~", network.name, "(network)", list(old), list(new)]]
        return prefixes
            + network.addresses.map { change in
                [
                    change.old.isEmpty ? "+" : change.new.isEmpty ? "-" : "~", network.name, change.node,
                    list(change.old), list(change.new) + (change.isAllocated ? " (allocated)" : ""),
                ]
            }
    }

    private func configurations(_ network: NetworkPlan) -> [[String]] {
        func row(_ sign: String, _ nodes: [String], _ what: String) -> [[String]] {
            guard !nodes.isEmpty else { return [] }
            return [[sign, network.name, "\(nodes.count)", what, PlanWords.list(nodes, atMost: Self.mostNames)]]
        }
        return row("+", network.configs.joined, "join") + row("-", network.configs.left, "leave")
            + network.configs.changed.flatMap { row("~", $0.nodes, PlanWords.delta($0.delta)) }
    }
}

internal import Addressing
internal import Lint
internal import Manifests
package import OverlayNetwork

/// What plans say in every format for people, without marks of any.
package enum PlanWords {
    package static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// At most `limit` of them, and how many there are besides.
    package static func list(_ names: [String], atMost limit: Int) -> String {
        guard names.count > limit else { return names.joined(separator: ", ") }
        return names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
    }

    /// `main (1a2b3c4d5e6f)`
    static func side(_ side: PlanSide) -> String {
        if side.isWorkingTree { return "the working tree" }
        guard let commit = side.commit else { return "nothing" }
        let short = commit.prefix(12)
        return side.name == short || side.name == commit ? String(short) : "\(side.name) (\(short))"
    }

    /// `nil` when the plan is made from what is published, as it should be.
    static func note(_ basis: PublishedBasis) -> String? {
        switch basis {
        case .current: nil
        case .none(let branch):
            "there is no branch \(branch): allocated addresses are those that a controller would give which starts now"
        case .other(let branch, let height, let source, let files):
            "\(branch) (height \(height)) was made from \(source.prefix(12)), which differs from the base in "
                + "\(count(files, "manifest")): that is carried on as the controller would"
        }
    }

    /// What there is to know before a tenant's part is read.
    static func remarks(_ tenant: TenantPlan) -> [String] {
        var remarks: [String] = []
        if let commit = tenant.inForceBefore {
            remarks.append("The base is held back: this is what changes from \(commit.prefix(12)), which is in force.")
        }
        if tenant.isPartlyRead {
            remarks.append("Only nodes that the change can concern were read; cvlan lint looks at all.")
        }
        return remarks
    }

    static func destruction(_ destruction: Destruction, of tenant: String) -> String {
        switch destruction {
        case .tenantDeleted(let networks, let nodes):
            "tenant \(tenant) is deleted, with \(count(networks, "network")) and \(count(nodes, "node"))"
        case .networkDeleted(let name, let nodes): "network \(tenant)/\(name) is deleted, with \(count(nodes, "node"))"
        case .nodeRemoved(let name): "node \(tenant)/\(name) is removed"
        case .nodeLeaves(let name, let network): "node \(tenant)/\(name) leaves network \(network)"
        case .networkRenumbered(let name, let old, let new):
            "network \(tenant)/\(name) is renumbered from \(old.joined(separator: ", ")) to \(new.joined(separator: ", "))"
        case .nodesReaddressed(let network, let nodes):
            "\(count(nodes.count, "node")) of \(tenant)/\(network) \(nodes.count == 1 ? "gets another address" : "get other addresses"): "
                + list(nodes, atMost: 5)
        case .keyReplaced(let name): "node \(tenant)/\(name) must have another key: it is cut off until it does"
        }
    }

    static func prune(_ verdict: PruneVerdict, of tenant: String) -> [String] {
        guard !verdict.losses.isEmpty else { return [] }
        var lines = verdict.losses.map { loss in
            let allowed = loss.annotated.map { "allowed by the annotation of \($0)" }
            let isRefused = verdict.refused.contains(loss)
            return "past the limit: \(loss), "
                + (isRefused ? "which no commit allows" : allowed ?? "allowed by a trailer")
        }
        if !verdict.refused.isEmpty {
            lines.append(
                "the controller will hold tenant \(tenant) back until a commit of the range carries: "
                    + list(verdict.missingTrailers, atMost: 10))
        }
        lines += verdict.notUnderstood.map { "the trailer Allow-Prune: \($0) says nothing: TENANT, TENANT/CVLAN or *" }
        return lines
    }

    /// `group:engineering → db-1: tcp/5432 (IPv4)`, with at most so many names on either side.
    package static func flow(_ box: FlowBox, atMost limit: Int) -> String {
        let only = box.family.map { $0 == .v4 ? " (IPv4)" : " (IPv6)" } ?? ""
        return "\(ends(box.from, atMost: limit)) → \(ends(box.to, atMost: limit)): \(box.services)\(only)"
    }

    static func ends(_ set: EndpointSet, atMost limit: Int) -> String {
        if let label = set.label { return label }
        let names = set.nodes + set.addresses.map { "\($0.node) (\($0.address))" }
        return list(names + set.routes.map { "\($0.prefix) via \($0.gateway)" }, atMost: limit)
    }

    /// `tenants/acme/policies.yaml:12:7: rule database/engineers changed`; of what is gone, the place in the base.
    package static func cause(_ cause: ReachCause) -> String {
        "\(cause.span): \(cause)\(cause.side == .base ? " (in the base)" : "")"
    }

    /// What differs in a config: `peers +1 -2 ~3, mtu`.
    package static func delta(_ delta: ConfigDelta) -> String {
        var parts = [("peers", delta.peers), ("rules", delta.rules), ("address sets", delta.addressSets)]
            .filter { !$0.1.isZero }.map { "\($0.0) \(counts($0.1))" }
        parts += delta.fields.map(field)
        // What others are told of the node is of interest here where nothing else is.
        if parts.isEmpty, delta.ownEntry { parts.append("only what the others are told of it") }
        return parts.joined(separator: ", ")
    }

    private static func counts(_ counts: ConfigDelta.Counts) -> String {
        [("+", counts.added), ("-", counts.removed), ("~", counts.changed)].filter { $0.1 > 0 }
            .map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    private static func field(_ field: ConfigDelta.Field) -> String {
        switch field {
        case .prefixes, .addresses, .topology, .keepalive, .role: field.rawValue
        case .mtu: "MTU"
        case .defaultAction: "default action"
        case .listenPort: "listen port"
        case .advertisedRoutes: "advertised routes"
        case .publicKey: "public key"
        case .linkProtocol: "protocol"
        case .ipsecProfile: "IPsec profile"
        case .ipsecSites: "IPsec devices"
        case .order: "order of rules"
        }
    }

    /// `Plan: 2 to create, 1 to change, 0 to delete; 14 nodes get a new configuration; 3 flows open, 1 closes`
    static func summary(_ plan: ChangePlan) -> String {
        guard plan.hasChanges || plan.isHeldBack else { return "No changes." }
        let actions = plan.tenants.flatMap(\.resources).map(\.action)
        func count(_ action: ResourceChange.Action) -> Int { actions.count { $0 == action } }
        var parts = ["\(count(.create)) to create, \(count(.change)) to change, \(count(.delete)) to delete"]
        let nodes = plan.totals
        parts.append(
            nodes.reconfigured == 0
                ? "no node gets a new configuration"
                : "\(Self.count(nodes.reconfigured, "node")) \(nodes.reconfigured == 1 ? "gets" : "get") a new configuration"
        )
        if nodes.removed > 0 {
            parts.append("\(Self.count(nodes.removed, "node")) \(nodes.removed == 1 ? "is" : "are") removed")
        }
        let flows = plan.flows
        if flows.opened + flows.closed > 0 {
            parts.append(
                "\(Self.count(flows.opened, "flow")) \(flows.opened == 1 ? "opens" : "open"), "
                    + "\(flows.closed) \(flows.closed == 1 ? "closes" : "close")")
        }
        return "Plan: " + parts.joined(separator: "; ")
    }

    /// `+10.1.0.0/24 -10.2.0.0/24` of lists, where that says all; `old → new` of the rest.
    package static func value(_ change: FieldChange) -> String {
        switch (change.old, change.new) {
        case (.list(let old), .list(let new)) where !change.isOrderOnly && old.count + new.count > 2:
            return
                (new.filter { !old.contains($0) }.map { "+\($0)" } + old.filter { !new.contains($0) }.map { "-\($0)" })
                .joined(separator: " ")
        case (let old?, let new?): return "\(old) → \(new)"
        case (nil, let new?): return "\(new)"
        case (let old?, nil): return "\(old)"
        case (nil, nil): return ""
        }
    }
}

extension FieldChange {
    /// `+` came, `-` went, `~` differs.
    package var sign: String { old == nil ? "+" : new == nil ? "-" : "~" }
}

extension ResourceChange.Action {
    var sign: String {
        switch self {
        case .create: "+"
        case .change: "~"
        case .delete: "-"
        }
    }
}

extension ResourceID {
    /// Without the tenant: `Node laptop-1`.
    var words: String { "\(kind.rawValue) \(name)" }
}

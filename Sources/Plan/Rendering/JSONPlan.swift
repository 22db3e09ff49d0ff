internal import Addressing
internal import Lint
package import Manifests
internal import OverlayNetwork

/// A plan for programs: one document. Members may come; none goes or changes its meaning while `version` stays. Lists are
/// in a settled order, so that equal plans have the same bytes.
package struct JSONPlan {
    private let plan: ChangePlan

    package static let version = 1

    package init(_ plan: ChangePlan) {
        self.plan = plan
    }

    package var text: String {
        JSONText.object([
            "version": .integer(Self.version),
            "base": Self.object(plan.base), "head": Self.object(plan.head),
            "published": Self.object(plan.published), "time": .string("\(plan.time)"),
            "summary": summary,
            "findings": .array(plan.findings.map(Self.object)),
            "tenants": .array(plan.tenants.map(Self.object)),
        ]).document
    }

    private var summary: JSONText {
        let actions = plan.tenants.flatMap(\.resources).map(\.action)
        let totals = plan.totals
        return .object([
            "hasChanges": .boolean(plan.hasChanges), "heldBack": .boolean(plan.isHeldBack),
            "isDestructive": .boolean(plan.tenants.contains { !$0.destruction.isEmpty }),
            "create": .integer(actions.count { $0 == .create }), "change": .integer(actions.count { $0 == .change }),
            "delete": .integer(actions.count { $0 == .delete }),
            "nodesReconfigured": .integer(totals.reconfigured), "nodesNew": .integer(totals.new),
            "nodesRemoved": .integer(totals.removed), "flowsOpened": .integer(plan.flows.opened),
            "flowsClosed": .integer(plan.flows.closed),
        ])
    }

    private static func object(_ side: PlanSide) -> JSONText {
        .object([
            "name": .string(side.name), "commit": side.commit.map(JSONText.string),
            "isWorkingTree": .boolean(side.isWorkingTree),
        ])
    }

    private static func object(_ basis: PublishedBasis) -> JSONText {
        switch basis {
        case .none(let branch): .object(["state": "none", "branch": .string(branch)])
        case .current(let branch, let height):
            .object(["state": "current", "branch": .string(branch), "height": .integer(Int(clamping: height))])
        case .other(let branch, let height, let source, let files):
            .object([
                "state": "other", "branch": .string(branch), "height": .integer(Int(clamping: height)),
                "sourceCommit": .string(source), "manifestsThatDiffer": .integer(files),
            ])
        }
    }

    private static func object(_ tenant: TenantPlan) -> JSONText {
        .object([
            "name": .string(tenant.name), "inForceBefore": tenant.inForceBefore.map(JSONText.string),
            "heldBack": .boolean(!tenant.findings.isEmpty), "isPartlyRead": .boolean(tenant.isPartlyRead),
            "findings": .array(tenant.findings.map(object)),
            "destructive": .array(
                tenant.destruction.map { .string(PlanWords.destruction($0, of: tenant.name)) }),
            "prune": object(tenant.prune), "resources": .array(tenant.resources.map(object)),
            "nodes": .object([
                "reconfigured": .integer(tenant.nodes.reconfigured), "new": .integer(tenant.nodes.new),
                "removed": .integer(tenant.nodes.removed),
            ]),
            "networks": .array(tenant.networks.map(object)),
        ])
    }

    private static func object(_ verdict: PruneVerdict) -> JSONText {
        .object([
            "losses": .array(
                verdict.losses.map { loss in
                    .object([
                        "message": .string("\(loss)"), "tenant": .string(loss.tenant),
                        "network": loss.network.map(JSONText.string),
                        "allowed": .boolean(!verdict.refused.contains(loss)),
                        "allowedByAnnotationOf": loss.annotated.map { .string("\($0)") },
                    ])
                }),
            "missingTrailers": .array(verdict.missingTrailers.map(JSONText.string)),
            "notUnderstood": .array(verdict.notUnderstood.map(JSONText.string)),
        ])
    }

    package static func object(_ change: ResourceChange) -> JSONText {
        .object([
            "action": .string(change.action.rawValue), "kind": .string(change.id.kind.rawValue),
            "name": .string(change.id.name), "span": object(change.span),
            "fields": .array(
                change.fields.map { field in
                    .object([
                        "path": .string(field.path), "old": field.old.map(object), "new": field.new.map(object),
                        "oldSpan": field.oldSpan.map(object), "newSpan": field.newSpan.map(object),
                    ])
                }),
        ])
    }

    private static func object(_ value: FieldValue) -> JSONText {
        switch value {
        case .text(let text): .string(text)
        case .list(let items): .array(items.map(JSONText.string))
        }
    }

    package static func object(_ network: NetworkPlan) -> JSONText {
        .object([
            "name": .string(network.name), "old": network.old.map(object), "new": network.new.map(object),
            "opened": .array(network.reach.opened.map(object)), "closed": .array(network.reach.closed.map(object)),
            "addresses": .array(
                network.addresses.map { change in
                    .object([
                        "node": .string(change.node), "old": .array(change.old.map(JSONText.string)),
                        "new": .array(change.new.map(JSONText.string)), "isAllocated": .boolean(change.isAllocated),
                    ])
                }),
            "joined": .array(network.configs.joined.map(JSONText.string)),
            "left": .array(network.configs.left.map(JSONText.string)),
            "changed": .array(
                network.configs.changed.map { group in
                    let delta = group.delta
                    return .object([
                        "peers": object(delta.peers), "rules": object(delta.rules),
                        "addressSets": object(delta.addressSets),
                        "fields": .array(delta.fields.map { .string($0.rawValue) }),
                        "ownEntry": .boolean(delta.ownEntry), "nodes": .array(group.nodes.map(JSONText.string)),
                    ])
                }),
        ])
    }

    private static func object(_ box: FlowBox) -> JSONText {
        .object([
            "from": object(box.from), "to": object(box.to), "services": .string("\(box.services)"),
            "family": box.family.map { $0 == .v4 ? "IPv4" : "IPv6" }, "nodePairs": .integer(box.nodePairs),
            "causes": .array(
                box.causes.map { cause in
                    .object([
                        "message": .string("\(cause)"), "baseSpan": cause.base.map(object),
                        "headSpan": cause.head.map(object),
                    ])
                }),
        ])
    }

    private static func object(_ set: EndpointSet) -> JSONText {
        .object([
            "label": set.label.map(JSONText.string), "nodes": .array(set.nodes.map(JSONText.string)),
            "addresses": .array(
                set.addresses.map { .object(["node": .string($0.node), "address": .string("\($0.address)")]) }),
            "routes": .array(
                set.routes.map { .object(["prefix": .string("\($0.prefix)"), "gateway": .string($0.gateway)]) }),
            "prefixes": .array(set.addressSet.prefixes.map { .string("\($0)") }),
        ])
    }

    private static func object(_ shape: NetworkPlan.Shape) -> JSONText {
        .object(["prefixes": .array(shape.prefixes.map(JSONText.string)), "members": .integer(shape.members)])
    }

    private static func object(_ counts: ConfigDelta.Counts) -> JSONText {
        .object([
            "added": .integer(counts.added), "removed": .integer(counts.removed), "changed": .integer(counts.changed),
        ])
    }

    private static func object(_ finding: Finding) -> JSONText {
        .object([
            "code": .string(finding.code.rawValue), "message": .string(finding.message),
            "span": object(finding.span),
        ])
    }

    static func object(_ span: SourceSpan) -> JSONText {
        .object([
            "file": .string(span.file.path), "line": .integer(Int(span.line)), "column": .integer(Int(span.column)),
            "length": .integer(Int(span.length)),
        ])
    }
}

internal import Manifests
internal import OverlayNetwork

/// Every rule can match a flow.
struct MatchingRule: TrialRule {
    func check(_ trial: TrialView, _ report: inout Report) {
        var labels: LabelIndex?
        var hints = HintBudget()
        for written in trial.rules {
            guard case .neverMatches(let failure) = trial.analysis.verdicts[written.id] else { continue }
            let rule = written.rule
            var hint = ""
            switch failure {
            case .nothing(let from, let to):
                let missing = (from ? rule.from : []) + (to ? rule.to : [])
                let index = labels ?? LabelIndex(trial.tenant)
                labels = index
                for selector in missing where hint.isEmpty {
                    hint = index.nearest(to: selector, &hints).map { ": did you mean `\($0)`?" } ?? ""
                }
                // Where nodes enrol, a label may be there before the first node that has it.
                if hint.isEmpty, !trial.tenant.tenant.enrollment.tokenKeys.isEmpty,
                    missing.allSatisfy({ $0.mayGrow(trial.tenant) })
                {
                    continue
                }
            case .itself:
                // A group of one today may be one of two tomorrow.
                guard (rule.from + rule.to).allSatisfy({ !$0.mayGrow(trial.tenant) }) else { continue }
            case .apart, .families, .noWay: break
            }
            let reason = failure.text(from: rule.from.map(\.description), to: rule.to.map(\.description))
            report.add(.ruleNeverMatches, at: written.span, "the rule can never match: \(reason)\(hint)")
        }
    }
}

/// The labels that nodes have.
private struct LabelIndex {
    private let values: [String: Set<String>]

    init(_ tenant: TenantInForce) {
        values = tenant.nodes.reduce(into: [:]) { values, node in
            for (key, value) in node.metadata.labels { values[key, default: []].insert(value) }
        }
    }

    /// What was probably meant by a selector that selects nothing.
    func nearest(to selector: Selector, _ hints: inout HintBudget) -> String? {
        guard case .labels(let labels) = selector.term else { return nil }
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
            guard let known = values[key] else {
                if let near = hints.nearest(to: key, among: values.keys) { return near }
                continue
            }
            if !known.contains(value), let near = hints.nearest(to: value, among: known) { return near }
        }
        return nil
    }
}

extension Selector {
    /// Whether nodes that come later may be among those that it selects.
    func mayGrow(_ tenant: TenantInForce) -> Bool { mayGrow(tenant, depth: 0) }

    private func mayGrow(_ tenant: TenantInForce, depth: Int) -> Bool {
        switch term {
        case .labels, .any: true
        case .node: false
        // More than one address may be given to a node that comes.
        case .cidr(let prefix): prefix.length < prefix.family.bitWidth
        case .group(let name):
            // Groups that are nested deeper are an error.
            depth < 32 && (tenant.group(name)?.members ?? []).contains { $0.mayGrow(tenant, depth: depth + 1) }
        }
    }
}

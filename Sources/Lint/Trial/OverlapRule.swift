internal import Manifests
internal import OverlayNetwork

/// Whoever reads an allow knows of denies that take some of it, where these are more than exceptions to it.
struct OverlapRule: TrialRule {
    func check(_ trial: TrialView, _ report: inout Report) {
        for written in trial.rules {
            guard let overlap = trial.analysis.overlaps[written.id],
                let deny = overlap.denies.lazy.compactMap({ trial[$0] }).first,
                let network = trial.network(overlap.cvlan)
            else { continue }
            let flow = overlap.flow
            let source = network.owner(of: flow.source) ?? "\(flow.source)"
            let destination = network.owner(of: flow.destination) ?? "\(flow.destination)"
            let more = overlap.denies.count > 1 ? ", and \(overlap.denies.count - 1) more denies do likewise" : ""
            report.add(
                .allowAndDenyOverlap, at: written.span,
                "between some nodes `\(deny.title)` denies all that the rule allows, as \(flow.service) from \(source) to "
                    + "\(destination) in `\(overlap.cvlan)`: the deny wins\(more)",
                related: overlap.denies.prefix(3).compactMap { trial[$0]?.related(" wins") })
        }
    }
}

internal import Manifests
internal import OverlayNetwork

/// Every rule does something that no other does.
struct SuperfluousRule: TrialRule {
    private static let mostNames = 3

    func check(_ trial: TrialView, _ report: inout Report) {
        for written in trial.rules {
            switch trial.analysis.verdicts[written.id] {
            case .denied(let ids):
                let denies = ids.compactMap { trial[$0] }
                let verb = denies.count == 1 ? "denies" : "deny"
                report.add(
                    .allowNeverTakesEffect, at: written.span,
                    "the rule allows nothing: \(names(denies)) \(verb) all of it",
                    related: denies.prefix(Self.mostNames).map { $0.related(" denies it") })
            case .covered(let ids, .always):
                let others = ids.compactMap { trial[$0] }
                let own = others.filter { $0.rule.action == written.rule.action }
                let denies = others.filter { $0.rule.action != written.rule.action }
                let action = written.rule.action.rawValue
                let rest =
                    denies.isEmpty
                    ? "" : ", but for what \(names(denies)) \(denies.count == 1 ? "denies" : "deny") anyway"
                let verb = own.count == 1 ? (action == "deny" ? "denies" : "allows") : action
                report.add(
                    .ruleAlreadyCovered, at: written.span,
                    "the rule adds nothing: \(names(own)) \(verb) all of it already\(rest)",
                    related: (own + denies).prefix(Self.mostNames).map {
                        $0.related($0.rule.action == .deny ? " denies it" : " allows it")
                    })
            case .covered(_, .forNow), .neverMatches, .saysTheDefault, .takesEffect, nil: break
            }
        }
    }

    private func names(_ rules: [WrittenRule]) -> String {
        let names = rules.prefix(Self.mostNames).map { "`\($0.title)`" }
        let more = rules.count > names.count ? ["\(rules.count - names.count) more"] : []
        return (names + more).joined(separator: ", ")
    }
}

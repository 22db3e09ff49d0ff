internal import Manifests
internal import OverlayNetwork

/// The tests of policies hold, and test something.
struct PolicyTestRule: TrialRule {
    func check(_ trial: TrialView, _ report: inout Report) {
        for failure in trial.tests.failures {
            var related: [Finding.Related] = []
            if let rule = failure.evidence?.rule { related.append(Finding.Related(rule, "the rule that decides")) }
            if let nearest = failure.evidence?.nearest {
                related.append(Finding.Related(nearest.span, "the rule that comes nearest"))
            }
            report.add(.policyTestFails, at: failure.span, "\(failure)", related: related)
        }
        for vacuous in trial.tests.vacuous {
            let test = vacuous.test
            report.add(
                .vacuousTest, at: test.span,
                "the test cannot fail: " + vacuous.reason.text(from: ["\(test.from)"], to: ["\(test.to)"]))
        }
    }
}

extension MatchFailure {
    /// Why there is nothing between two sides: the end of a sentence.
    func text(from: [String], to: [String]) -> String {
        func list(_ selectors: [String]) -> String {
            selectors.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + (selectors.count > 3 ? ", …" : "")
        }
        return switch self {
        case .nothing(from: true, to: true): "neither `from` nor `to` selects anything"
        case .nothing(from: true, to: _): "`from` selects nothing: \(list(from))"
        case .nothing(from: false, to: _): "`to` selects nothing: \(list(to))"
        case .apart: "\(list(from)) and \(list(to)) share no network"
        case .families: "one of \(list(from)) and \(list(to)) has IPv4 addresses only, the other IPv6"
        case .itself: "`from` and `to` are the same node, which does not reach itself through the network"
        case .noWay: "\(list(from)) and \(list(to)) are behind nodes of a hub network that are no gateways"
        }
    }
}

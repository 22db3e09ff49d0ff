internal import Addressing
package import Manifests
internal import OverlayNetwork

/// The answer to a question about a flow, for programs.
package struct JSONExplanation {
    private let answer: FlowLookup.Answer

    package static let version = 1

    package init(_ answer: FlowLookup.Answer) {
        self.answer = answer
    }

    package var text: String { json.document }

    package var json: JSONText {
        let explanation = answer.explanation
        return JSONText.object([
            "version": .integer(Self.version), "tenant": .string(answer.tenant),
            "source": .string("\(explanation.query.source)"),
            "destination": .string("\(explanation.query.destination)"),
            "service": explanation.query.service.map { .string("\($0)") },
            "isOpen": .boolean(explanation.isOpen), "services": .string("\(explanation.services)"),
            "paths": .array(
                explanation.paths.map { path in
                    .object([
                        "services": .string("\(path.services)"), "legs": .array(path.legs.map(Self.object)),
                    ])
                }),
            "problems": .array(explanation.problems.map { .string("\($0)") }),
            "notes": .array(explanation.notes.map { .string("\($0)") }),
        ])
    }

    private static func object(_ leg: FlowLeg) -> JSONText {
        .object([
            "network": .string(leg.network), "source": object(leg.source), "destination": object(leg.destination),
            "services": .string("\(leg.services)"),
            "rules": .array(
                leg.rules.map { rule in
                    .object([
                        "name": .string(rule.name), "action": .string(rule.action.rawValue),
                        "services": .string("\(rule.services)"), "decides": .boolean(rule.decides),
                        "span": JSONPlan.object(rule.span),
                    ])
                }),
            "defaultAction": .string(leg.defaultAction.rawValue), "undecided": .string("\(leg.undecided)"),
            "obstacles": .array(leg.obstacles.map { .string("\($0)") }),
        ])
    }

    private static func object(_ end: FlowLeg.LegEnd) -> JSONText {
        .object([
            "node": .string(end.node), "addresses": .array(end.addresses.map { .string("\($0)") }),
            "route": end.route.map {
                .object(["prefix": .string("\($0.prefix)"), "span": JSONPlan.object($0.span)])
            },
        ])
    }
}

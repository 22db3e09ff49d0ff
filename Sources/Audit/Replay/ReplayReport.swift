internal import GitRepository
internal import Lint
internal import Manifests
internal import OverlayNetwork

/// What a replay found, as text and as JSON.
package struct ReplayReport: Sendable {
    private let replay: StateReplay

    package static let version = 1

    package init(_ replay: StateReplay) {
        self.replay = replay
    }

    package var text: String {
        let state = replay.recorded
        let what =
            "height \(state.height), \(replay.commit.id.short) from main \(replay.source.id.short), evaluated at "
            + "\(state.evaluationTime): \(Words.count(state.tenants.count, "tenant")), "
            + "\(Words.count(replay.networkCount, "network")), \(Words.count(replay.nodeCount, "node"))"
        var lines = ["\(replay.isIdentical ? "identical" : "DIFFERENT"): \(what)"]
        lines += replay.differences.map { "  \($0)" }
        if replay.settings == nil {
            lines.append(
                "  note: the commit does not say with which settings it was made; the usual ones were taken")
        }
        return lines.map { VisibleText.of($0) + "\n" }.joined()
    }

    package var json: String {
        let state = replay.recorded
        return JSONText.object([
            "version": .integer(Self.version), "stateCommit": .string("\(replay.commit.id)"),
            "sourceCommit": .string("\(replay.source.id)"), "height": .integer(Int(clamping: state.height)),
            "evaluationTime": .string("\(state.evaluationTime)"), "isIdentical": .boolean(replay.isIdentical),
            "settingsKnown": .boolean(replay.settings != nil), "tenants": .integer(state.tenants.count),
            "networks": .integer(replay.networkCount), "nodes": .integer(replay.nodeCount),
            "differences": .array(
                replay.differences.map {
                    .object([
                        "place": .string($0.place), "field": .string($0.field),
                        "recorded": $0.recorded.map(JSONText.string), "computed": $0.computed.map(JSONText.string),
                    ])
                }),
        ]).document
    }
}

/// What several reports say alike.
enum Words {
    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

internal import DiffSync
internal import OverlayNetwork

/// A value of a state that is not what it should be.
package struct StateDifference: Hashable, Sendable {
    /// `the state`, `tenant acme`, `cvlan acme/office`, `node acme/office/laptop`.
    package let place: String
    package let field: String
    /// `nil`: the commit does not have it.
    package let recorded: String?
    /// `nil`: it should not be there.
    package let computed: String?

    /// In the order of their records.
    static func all(
        recorded: PublishedState, computed: PublishedState, from source: SourceCommit
    ) -> [StateDifference] {
        var result: [StateDifference] = []
        func compare(_ field: String, _ values: (recorded: String, computed: String)) {
            guard values.recorded != values.computed else { return }
            result.append(
                StateDifference(
                    place: "the state", field: field, recorded: values.recorded, computed: values.computed))
        }
        compare("height", ("\(recorded.height)", "\(computed.height)"))
        compare("evaluation time", ("\(recorded.evaluationTime)", "\(computed.evaluationTime)"))
        let change = StateChange(
            from: recorded, tenants: computed.tenants, sourceCommit: source,
            evaluationTime: computed.evaluationTime)
        for operation in change.plan.operations {
            let place = "\(operation.record.kind.rawValue) \(operation.record.key)"
            switch operation.change {
            case .create:
                result.append(StateDifference(place: place, field: "", recorded: nil, computed: "is there"))
            case .delete:
                result.append(StateDifference(place: place, field: "", recorded: "is there", computed: nil))
            case .update(_, _, let fields):
                result += fields.map {
                    StateDifference(
                        place: place, field: $0.name, recorded: $0.old.map { "\($0)" }, computed: $0.new.map { "\($0)" }
                    )
                }
            }
        }
        return result
    }
}

extension StateDifference: CustomStringConvertible {
    /// In one line.
    package var description: String {
        switch (recorded, computed) {
        case (let recorded?, let computed?): "\(place): \(field): recorded \(recorded), computed \(computed)"
        case (nil, _): "\(place): is missing"
        case (_, nil): "\(place): is there and should not be"
        }
    }
}

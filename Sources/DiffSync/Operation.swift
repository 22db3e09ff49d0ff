/// What happens to one record.
package enum Change<R: Record>: Equatable, Sendable {
    case create(R)
    /// `fields` are those that differ, never empty.
    case update(from: R, to: R, fields: [FieldChange])
    case delete(R)
}

/// One step of a plan.
package struct Operation<R: Record>: Equatable, Sendable {
    package let change: Change<R>
    /// Positions, in the same plan, of the operations that must have succeeded before this one; all are smaller than
    /// its own.
    package let after: [Int]

    package init(_ change: Change<R>, after: [Int] = []) {
        self.change = change
        self.after = after
    }

    /// The record as it will be, or as it was when it is to be deleted.
    package var record: R {
        switch change {
        case .create(let record), .update(_, let record, _), .delete(let record): record
        }
    }

    package var id: RecordID<R.Kind, R.Key> { record.id }
}

extension Operation: CustomStringConvertible {
    /// `+ peer ab12`, `~ interface cv-office`, `- address 10.0.0.1/24`, without the fields.
    package var description: String {
        switch change {
        case .create: "+ \(id)"
        case .update: "~ \(id)"
        case .delete: "- \(id)"
        }
    }

    /// The description and, indented below it, the fields that are set or change.
    package var details: [String] {
        switch change {
        case .create(let record): [description] + record.fields.map { "    \($0.name): \($0.value)" }
        case .update(_, _, let fields): [description] + fields.map { "    \($0)" }
        case .delete: [description]
        }
    }
}

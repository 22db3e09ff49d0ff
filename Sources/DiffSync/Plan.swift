/// Ordered steps from one set of records to another; an immutable value. Carrying it out is apart: see `apply`.
package struct Plan<R: Record>: Equatable, Sendable {
    package let operations: [Operation<R>]

    init(_ operations: [Operation<R>]) {
        self.operations = operations
    }

    /// Whether both sides were equal. A reconciler's second run yields an empty plan.
    package var isEmpty: Bool { operations.isEmpty }

    package var counts: (created: Int, updated: Int, deleted: Int) {
        var counts = (created: 0, updated: 0, deleted: 0)
        for operation in operations {
            switch operation.change {
            case .create: counts.created += 1
            case .update: counts.updated += 1
            case .delete: counts.deleted += 1
            }
        }
        return counts
    }

    /// `2 to create, 1 to update, 0 to delete`.
    package var summary: String {
        let counts = counts
        return "\(counts.created) to create, \(counts.updated) to update, \(counts.deleted) to delete"
    }

    /// What `operations` would leave of `actual`: a dry run without side effects. An update sets the fields that the
    /// plan knows, which for a record with all its fields is the record itself.
    package func applied(to actual: RecordSet<R>) throws(DuplicateRecord<R>) -> RecordSet<R> {
        var records = Dictionary(uniqueKeysWithValues: actual.records.map { ($0.id, $0) })
        for operation in operations {
            switch operation.change {
            case .create(let record):
                guard records.updateValue(record, forKey: record.id) == nil else {
                    throw DuplicateRecord(id: record.id)
                }
            case .update(_, let record, _): records[record.id] = record
            case .delete(let record): records[record.id] = nil
            }
        }
        return try RecordSet(records.values)
    }

    /// The operations cut into runs, in order, such that none depends on another of its run: each can be sent as one
    /// message without losing track of what a failure takes with it.
    ///
    /// - Parameter limit: the most operations in a run, at least 1.
    package func batches(limit: Int = .max) -> [Range<Int>] {
        precondition(limit > 0)
        var result: [Range<Int>] = []
        var start = 0
        for (index, operation) in operations.enumerated() {
            let dependsOnRun = operation.after.last.map { $0 >= start } ?? false
            if dependsOnRun || index - start == limit {
                result.append(start..<index)
                start = index
            }
        }
        if start < operations.count { result.append(start..<operations.count) }
        return result
    }
}

extension Plan: CustomStringConvertible {
    /// The dry run, for people: each operation with its fields, then the summary.
    package var description: String {
        (operations.flatMap(\.details) + [isEmpty ? "nothing to do" : summary]).joined(separator: "\n")
    }
}

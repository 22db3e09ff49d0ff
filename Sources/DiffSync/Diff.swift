/// The plan that turns `actual` into `desired`. Pure: equal inputs give equal plans, and equal sides an empty one.
///
/// Order: deletions first, so that what must be unique is free again, later kinds before earlier ones; then creations
/// and updates, earlier kinds first; last the deletions of records that others depended on until they were updated.
/// Within a kind by key. Cost: O(n) in the records, with one lookup for each dependency of a changed one.
package func diff<R: Record>(from actual: RecordSet<R>, to desired: RecordSet<R>) -> Plan<R> {
    let changes = Changes(from: actual, to: desired)
    return changes.plan(actual: actual)
}

/// What differs, in the order of ids.
private struct Changes<R: Record> {
    typealias ID = RecordID<R.Kind, R.Key>

    var writes: [(id: ID, change: Change<R>)] = []
    var deletions: [R] = []
    /// Records that stay but change, as they were: they may hold back the deletion of what they used.
    var updated: [R] = []

    /// A merge of two sorted lists.
    init(from actual: RecordSet<R>, to desired: RecordSet<R>) {
        var old = actual.records[...]
        var new = desired.records[...]
        while let wanted = new.first {
            guard let present = old.first, present.id <= wanted.id else {
                writes.append((wanted.id, .create(wanted)))
                new.removeFirst()
                continue
            }
            old.removeFirst()
            guard present.id == wanted.id else {
                deletions.append(present)
                continue
            }
            new.removeFirst()
            guard present != wanted else { continue }
            let fields = FieldChange.between(present.fields, wanted.fields)
            guard !fields.isEmpty else { continue }
            updated.append(present)
            writes.append((wanted.id, .update(from: present, to: wanted, fields: fields)))
        }
        deletions += old
    }

    func plan(actual: RecordSet<R>) -> Plan<R> {
        // Children before parents: a parent's deletion is late when a child's is, or when a child is yet to let go.
        var children: [ID: [ID]] = [:]
        var late: Set<ID> = []
        let deleted = Set(deletions.map(\.id))
        for record in updated {
            for parent in record.dependencies where deleted.contains(parent) {
                Self.check(record, parent)
                late.insert(parent)
                children[parent, default: []].append(record.id)
            }
        }
        for record in deletions.reversed() {
            for parent in record.dependencies where deleted.contains(parent) {
                Self.check(record, parent)
                if late.contains(record.id) { late.insert(parent) }
                children[parent, default: []].append(record.id)
            }
        }

        var operations: [Operation<R>] = []
        operations.reserveCapacity(deletions.count + writes.count)
        var position: [ID: Int] = [:]
        func append(_ id: ID, _ change: Change<R>, after: [ID]) {
            position[id] = operations.count
            operations.append(Operation(change, after: after.compactMap { position[$0] }.sorted()))
        }
        for record in deletions.reversed() where !late.contains(record.id) {
            append(record.id, .delete(record), after: children[record.id] ?? [])
        }
        for (id, change) in writes {
            let record = Operation(change).record
            // A deletion among them would be a wanted record that needs an unwanted one: taken as given.
            let needed = record.dependencies.filter { !deleted.contains($0) }
            needed.forEach { Self.check(record, $0) }
            append(id, change, after: needed)
        }
        for record in deletions.reversed() where late.contains(record.id) {
            append(record.id, .delete(record), after: children[record.id] ?? [])
        }
        return Plan(operations)
    }

    private static func check(_ record: R, _ parent: ID) {
        precondition(parent.kind < record.kind, "a record depends on an earlier kind only")
    }
}

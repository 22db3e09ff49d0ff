/// Records with distinct ids, sorted by them.
package struct RecordSet<R: Record>: Sendable, Equatable {
    package typealias ID = RecordID<R.Kind, R.Key>

    package let records: [R]

    /// Takes the records in any order, O(n log n).
    package init(_ records: some Sequence<R>) throws(DuplicateRecord<R>) {
        let sorted = records.map { (id: $0.id, record: $0) }.sorted { $0.id < $1.id }
        for (a, b) in zip(sorted, sorted.dropFirst()) where a.id == b.id {
            throw DuplicateRecord(id: a.id)
        }
        self.records = sorted.map(\.record)
    }

    /// No records.
    package init() {
        records = []
    }
}

/// One side of a diff holds two records of the same kind and key.
package struct DuplicateRecord<R: Record>: Error, Equatable, CustomStringConvertible {
    package let id: RecordID<R.Kind, R.Key>

    package var description: String { "two records are named \(id)" }
}

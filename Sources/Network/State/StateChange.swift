package import DiffSync
package import Manifests

/// From one published state to the next: what the next state commit says.
package struct StateChange: Sendable {
    /// The previous state when nothing changed.
    package let next: PublishedState
    /// For people: what changed, record by record.
    package let plan: Plan<StateRecord>
    /// Files to write, by path, `state.json` among them; empty when nothing changed.
    package let writes: [String: [UInt8]]
    /// Paths of files to delete, sorted.
    package let deletions: [String]

    /// Whether there is nothing to commit: a new source commit or time alone is no reason for a state
    /// commit, unless it is a place that whoever judges main again has to know.
    package var isEmpty: Bool { writes.isEmpty && deletions.isEmpty }

    /// - Parameter tenants: all that are in force, also those held back at their last good commit. A tenant that is
    ///   not among them is deleted.
    /// - Parameter evidence: what there is to keep, besides what the previous state has. New evidence is kept at once.
    /// - Parameter isPlace: whether the source commit is to be known, though nothing that is published comes of it.
    package init(
        from previous: PublishedState, tenants: [String: TenantState], sourceCommit: SourceCommit,
        evaluationTime: Timestamp, evidence new: StateEvidence = StateEvidence(), isPlace: Bool = false
    ) {
        // Tenants that are the same need no records; most are.
        let names = Set(tenants.keys).union(previous.tenants.keys).filter { tenants[$0] != previous.tenants[$0] }
        plan = diff(
            from: Self.records(previous.tenants, names), to: Self.records(tenants, names))
        let evidence = previous.evidence.adding(new)
        let fresh = evidence.files.filter { evidence.bytes(of: $0) != previous.evidence.bytes(of: $0) }
        guard !plan.isEmpty || !fresh.isEmpty || isPlace else {
            next = previous
            writes = [:]
            deletions = []
            return
        }
        let next = PublishedState(
            height: previous.height + 1, sourceCommit: sourceCommit, evaluationTime: evaluationTime, tenants: tenants,
            evidence: evidence)
        var writes: [String: [UInt8]] = [:]
        var deletions: Set<String> = []
        for file in Set(plan.operations.map(\.record.file)).union([.root]).union(fresh) {
            if let bytes = next.encoded(file) {
                writes[file.path] = bytes
            } else {
                deletions.insert(file.path)
            }
        }
        self.next = next
        self.writes = writes
        self.deletions = deletions.sorted()
    }

    private static func records(
        _ tenants: [String: TenantState], _ names: Set<String>
    ) -> RecordSet<StateRecord> {
        let records = names.flatMap { name in tenants[name]?.records(name) ?? [] }
        guard let set = try? RecordSet(records) else {
            preconditionFailure("the keys of dictionaries are distinct")
        }
        return set
    }
}

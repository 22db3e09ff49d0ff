internal import Authorization
internal import GitRepository
internal import OverlayNetwork

/// What the state branch has kept for whoever checks it, as it grows from state to state.
struct EvidenceTrail {
    /// What a state commit does to what has to stay.
    struct Offence {
        let path: String
        let reason: String
    }

    private let blobs: BlobReader
    /// Of the newest root document that is there; 0: there is none yet.
    private(set) var rootVersion: UInt64 = 0
    private var notes: [ObjectID: Kept] = [:]

    private struct Kept {
        var note: ApprovalNote
        /// What the state before had of it already.
        var recorded: Set<SignedStatement> = []
    }

    init(_ blobs: BlobReader) {
        self.blobs = blobs
    }

    /// What had been approved when the last state was made, as the judge takes it: what the state before had, and what came
    /// with it.
    var approvals: Approvals {
        var approvals = Approvals()
        for (commit, kept) in notes {
            for statement in kept.note.statements {
                let isRecorded = kept.recorded.contains(statement)
                switch statement.statement.kind {
                case .approval:
                    approvals.approvals[commit, default: []].append(
                        Approvals.Approval(key: statement.key, isRecorded: isRecorded))
                case .adoption(let replaced):
                    approvals.adoptions[commit, default: []].append(
                        Approvals.Adoption(key: statement.key, replacing: replaced, isRecorded: isRecorded))
                }
            }
        }
        return approvals
    }

    /// What is said and counts for nothing.
    var problems: [(commit: ObjectID, text: String)] {
        notes.sorted { $0.key < $1.key }.flatMap { commit, entry in
            entry.note.problems.map { (commit, "\($0)") }
        }
    }

    mutating func take(_ step: StateStep) throws -> [Offence] {
        var offences: [Offence] = []
        for (commit, kept) in notes where kept.recorded.count < kept.note.statements.count {
            notes[commit]?.recorded = Set(kept.note.statements)
        }
        for change in step.records {
            switch StateFile(path: change.path) {
            case .rootDocument(let version)?:
                if change.old != nil {
                    offences.append(Offence(path: change.path, reason: "a root document was changed or removed"))
                }
                if change.new != nil { rootVersion = max(rootVersion, version) }
            case .approvals(let commit)?:
                guard let id = ObjectID(commit.description) else { continue }
                guard let new = change.new else {
                    offences.append(Offence(path: change.path, reason: "approvals were removed"))
                    continue
                }
                guard case .bytes(let bytes) = try blobs.read(new.id, limit: StateWalk.largestRecord) else {
                    offences.append(Offence(path: change.path, reason: "too large to be read"))
                    continue
                }
                let note = ApprovalNote(bytes, of: id)
                let lost = notes[id]?.note.statements.contains { !note.statements.contains($0) } ?? false
                if lost { offences.append(Offence(path: change.path, reason: "an approval was removed")) }
                notes[id, default: Kept(note: note)].note = note
            default: offences.append(Offence(path: change.path, reason: "no file of the controller's state"))
            }
        }
        return offences
    }
}

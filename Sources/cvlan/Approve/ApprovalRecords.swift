internal import Authorization
internal import Foundation
internal import GitRepository
internal import Trust
internal import WireFormat

/// What a repository has to judge approvals by: the root in force, and all approvals that there are.
struct ApprovalRecords {
    /// As the state branch has it; `nil`: it has none, and nobody knows who the superadmins are.
    let root: RootAuthority?
    let book: ApprovalBook

    init(_ repository: Repository, stateBranch: String) async throws {
        let local = try await repository.tip(of: stateBranch)
        let remote = try await repository.tip(ofRemoteBranch: "origin/\(stateBranch)")
        let state = local ?? remote
        var book = ApprovalBook()
        try await book.read(from: repository, state: state)
        self.book = book
        var documents: [RootDocument] = []
        if let state {
            for entry in try await repository.entries(of: state, in: "roots") {
                let bytes = try await repository.blob(entry.id, limit: 1 << 20)
                let envelope = try WireEnvelope(serializedBytes: Data(bytes))
                documents.append(try RootDocument(payload: envelope.payload))
            }
        }
        documents.sort { $0.version > $1.version }
        root = documents.first.map { RootAuthority($0, older: documents.dropFirst()) }
    }
}

extension Approvals {
    /// What counts of a book, as judges take it.
    package init(_ book: ApprovalBook) {
        self.init()
        for commit in book.commits {
            for entry in book.entries(of: commit) {
                let key = entry.statement.key
                switch entry.statement.statement.kind {
                case .approval:
                    approvals[commit, default: []].append(Approval(key: key, isRecorded: entry.isRecorded))
                case .adoption(let replaced):
                    adoptions[commit, default: []].append(
                        Adoption(key: key, replacing: replaced, isRecorded: entry.isRecorded))
                }
            }
        }
    }
}

internal import GitRepository

extension AcceptedState {
    /// What a delta makes of what is accepted: from that to what is there then. Of what is there again as it is accepted
    /// nothing is outstanding any more, whoever brought it back.
    mutating func settle(_ delta: TreeDelta) -> [ChangeKey: Difference] {
        for path in delta.mended { forget(file: path) }
        var differences: [ChangeKey: Difference] = [:]
        for (key, next) in delta.differences {
            let difference = outstanding(key)?.difference.followed(by: next) ?? next
            if difference.isEmpty { forget(key) } else { differences[key] = difference }
        }
        return differences
    }

    /// Takes what is allowed of a commit's changes, and remembers what is not.
    mutating func take(_ differences: [ChangeKey: Difference], _ ruling: CommitRuling, of commit: ObjectID) {
        for (key, difference) in differences {
            if let refusals = ruling.refusals[key] {
                let culprit = ruling.culprits[key] ?? commit
                refuse(key, Outstanding(difference: difference, commit: culprit, refusals: refusals))
            } else {
                accept(key, difference)
            }
        }
    }
}

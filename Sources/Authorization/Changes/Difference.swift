internal import Manifests
internal import Plan

/// What lies between two versions of a resource. A version is everything that is declared of it, wherever; more than one
/// declaration is an error, which lint reports, and a change by whoever adds one. What is on both sides is not in it, so
/// differences add up without anybody knowing the whole of a tree.
package struct Difference: Hashable, Sendable {
    /// Declared before, and no more.
    package let removed: [Declaration]
    /// Declared now, and not before.
    package let added: [Declaration]
    /// Whether anything was declared before, as far as the files that differ tell.
    let existed: Bool
    /// Whether anything is declared now, as far as the files that differ tell.
    let exists: Bool

    package var isEmpty: Bool { removed.isEmpty && added.isEmpty }

    init(from old: [Declaration], to new: [Declaration]) {
        removed = Self.rest(of: old, without: new)
        added = Self.rest(of: new, without: old)
        existed = !old.isEmpty
        exists = !new.isEmpty
    }

    /// Of something new, in a place where something else may have been.
    init(created declaration: Declaration, existed: Bool) {
        self.init([], [declaration], existed: existed, exists: true)
    }

    private init(_ removed: [Declaration], _ added: [Declaration], existed: Bool, exists: Bool) {
        let (gone, come) = (Self.rest(of: removed, without: added), Self.rest(of: added, without: removed))
        self.removed = gone
        self.added = come
        // The files that differ at first need not be all that declare it.
        self.existed = existed || !gone.isEmpty
        self.exists = exists || !come.isEmpty
    }

    /// What lies between the beginning of this and the end of another, which begins where this ends.
    func followed(by next: Difference) -> Difference {
        let removed = self.removed + Self.rest(of: next.removed, without: added)
        let added = Self.rest(of: self.added, without: next.removed) + next.added
        return Difference(removed, added, existed: existed, exists: next.exists)
    }

    private static func rest(of all: [Declaration], without others: [Declaration]) -> [Declaration] {
        guard !all.isEmpty, !others.isEmpty else { return all }
        var twins = Dictionary(others.map { ($0, 1) }, uniquingKeysWith: +)
        return all.filter { declaration in
            guard let count = twins[declaration], count > 0 else { return true }
            twins[declaration] = count - 1
            return false
        }
    }
}

extension Difference {
    /// As changes of `subject`: one for each declaration that went, came, or became another.
    func changes(of subject: ChangeSet.Change.Subject) -> [ChangeSet.Change] {
        (0..<max(removed.count, added.count)).map { index in
            let before = removed.indices.contains(index) ? removed[index] : nil
            let after = added.indices.contains(index) ? added[index] : nil
            var fields: [FieldChange] = []
            if case .resource(let id) = subject, let old = before?.resource, let new = after?.resource {
                fields = ResourceChange(id, from: old, to: new)?.fields ?? []
            }
            let span = fields.first.flatMap { $0.newSpan ?? $0.oldSpan } ?? (after ?? before)?.span
            return ChangeSet.Change(
                subject: subject, action: action, span: span ?? .none, fields: fields.map(\.path))
        }
    }

    /// Of the resource: one more declaration of what is there already does not create it.
    private var action: ResourceChange.Action { !existed ? .create : !exists ? .delete : .change }
}

package import Manifests

/// Which part of the history somebody wants to see.
package struct AuditFilter: Sendable {
    package var tenant: String?
    /// Without a tenant: of any.
    package var node: (tenant: String?, name: String)?
    /// A name of a member, superadmin, author or committer, an e-mail address, or the fingerprint of a key.
    package var person: String?
    package var since: Timestamp?
    /// That second is in it.
    package var until: Timestamp?
    /// At most so many entries, the newest.
    package var limit: Int?

    package init() {}

    func contains(_ time: Timestamp) -> Bool {
        since.map { $0 <= time } ?? true && until.map { time <= $0 } ?? true
    }

    var isOfPart: Bool { tenant != nil || node != nil }

    func concerns(tenant name: String) -> Bool {
        (tenant ?? name) == name && (node?.tenant ?? name) == name
    }

    /// What is left of an entry; `nil`: nothing is of interest.
    func narrowed(_ entry: AuditEntry) -> AuditEntry? {
        guard contains(entry.time) else { return nil }
        switch entry {
        case .change(var change):
            guard concerns(change) else { return nil }
            if isOfPart {
                change.resources = change.resources.filter { concerns(tenant: $0.id.tenant) }
                if let node {
                    change.resources = change.resources.filter { $0.id.kind == .node && $0.id.name == node.name }
                }
                change.highlights = Highlight.all(in: change.resources)
                guard !change.resources.isEmpty else { return nil }
            }
            return .change(change)
        case .publication(var publication):
            guard person == nil else { return nil }
            publication.tenants = publication.tenants.filter { concerns(tenant: $0.name) }
            if let node {
                publication.tenants = publication.tenants.filter { tenant in
                    tenant.generations.contains { $0.node == node.name }
                }
            }
            return isOfPart && publication.tenants.isEmpty ? nil : .publication(publication)
        case .approval(let approval):
            guard !isOfPart else { return nil }
            return person.map { [approval.approver, approval.fingerprint].contains($0) } ?? true ? entry : nil
        case .root: return isOfPart || person != nil ? nil : entry
        }
    }

    private func concerns(_ change: ChangeEntry) -> Bool {
        guard let person else { return true }
        let (author, committer) = (change.commit.author, change.commit.committer)
        return change.standing.people.contains { $0.name == person } || change.standing.fingerprint == person
            || change.standing.approvers.contains(person)
            || [author.name, author.email, committer.name, committer.email].contains(person)
    }
}

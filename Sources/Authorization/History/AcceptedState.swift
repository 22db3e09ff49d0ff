internal import HashTreeCollections
package import Manifests

/// What is accepted at a commit: who has which role, what each tenant says, and what is there without being accepted. Values
/// of one history share what is the same in them.
package struct AcceptedState: Sendable {
    package private(set) var roster: Roster
    private var tenants: TreeDictionary<String, AcceptedTenant> = [:]
    /// Of join tokens, by commits that count.
    package internal(set) var tokenUses = TokenUses()
    private var changes: TreeDictionary<ChangeKey, Outstanding> = [:]

    /// Nothing at all, and nobody but superadmins.
    init(_ root: RootAuthority) {
        roster = Roster(superadmins: root.superadmins)
    }

    /// A tree that is taken as it is.
    init(_ root: RootAuthority, adopting tenants: some Sequence<Tenant>) {
        self.init(root)
        let declared = Dictionary(grouping: tenants, by: \.name)
        for (name, tenants) in declared {
            settle(name, AcceptedTenant([], tenants.map { Declaration(.tenant($0)) }, after: nil))
        }
    }

    package var isOutstanding: Bool { !changes.isEmpty }

    /// In the order of their keys.
    package var outstanding: [(key: ChangeKey, change: Outstanding)] {
        changes.map { ($0.key, $0.value) }.sorted { $0.key < $1.key }
    }

    package func outstanding(in tenant: String) -> [Outstanding] {
        outstanding.filter { $0.key.tenant == tenant }.map(\.change)
    }

    package func outstanding(_ key: ChangeKey) -> Outstanding? { changes[key] }

    /// Those of which something is refused.
    package var heldBack: Set<String> { Set(changes.keys.compactMap(\.tenant)) }

    /// As it is accepted; of several declarations the first by file.
    package func tenant(_ name: String) -> Tenant? { tenants[name]?.inForce }

    mutating func set(_ root: RootAuthority) { roster.set(superadmins: root.superadmins) }

    mutating func refuse(_ key: ChangeKey, _ change: Outstanding) { changes[key] = change }

    /// Takes a change: what is there is accepted.
    mutating func accept(_ key: ChangeKey, _ difference: Difference) {
        forget(key)
        guard case .resource(let id) = key.subject, id.kind == .tenant else { return }
        settle(id.name, AcceptedTenant(difference.removed, difference.added, after: tenants[id.name]))
    }

    /// What is there is again what is accepted.
    mutating func forget(_ key: ChangeKey) {
        if changes[key] != nil { changes[key] = nil }
    }

    /// A file can be read again, or is gone.
    mutating func forget(file path: String) {
        for key in changes.keys where key.subject == .file(path) { changes[key] = nil }
    }

    private mutating func settle(_ name: String, _ tenant: AcceptedTenant) {
        tenants[name] = tenant.inForce == nil ? nil : tenant
        if let tenant = tenant.inForce { roster.set(tenant) } else { roster.remove(name) }
    }
}

/// What is declared of one tenant.
private struct AcceptedTenant: Sendable {
    /// By file; more than one only where lint reports it.
    private var declared: [Tenant]
    /// Declarations that nobody can read.
    private var unreadable: Int
    /// Where none can be read any more, the last one that could.
    let inForce: Tenant?

    init(_ removed: [Declaration], _ added: [Declaration], after old: AcceptedTenant?) {
        declared = old?.declared ?? []
        unreadable = old?.unreadable ?? 0
        for declaration in removed {
            guard case .tenant(let tenant)? = declaration.resource else {
                unreadable -= 1
                continue
            }
            if let index = declared.firstIndex(of: tenant) { declared.remove(at: index) }
        }
        for declaration in added {
            guard case .tenant(let tenant)? = declaration.resource else {
                unreadable += 1
                continue
            }
            declared.append(tenant)
        }
        declared.sort { $0.metadata.$name.span.file.path < $1.metadata.$name.span.file.path }
        inForce = declared.first ?? (unreadable > 0 ? old?.inForce : nil)
    }
}

package import Manifests

/// A resource that is created, changed or deleted. One that is only written elsewhere, or with other white space, is not.
package struct ResourceChange: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable, CaseIterable {
        case create, change, delete
    }

    package let id: ResourceID
    package let action: Action
    /// Where it is named: in the head, or in the base where it is deleted.
    package let span: SourceSpan
    /// What differs; of a new one all that it says but defaults. Of a deleted one nothing.
    package let fields: [FieldChange]

    /// `nil` when both are the same.
    package init?(_ id: ResourceID, from old: Resource?, to new: Resource?) {
        self.id = id
        switch (old, new) {
        case (nil, let new?):
            action = .create
            span = new.span
            fields = FieldComparison.all(of: new.fields).map(\.withoutSecrets)
        case (let old?, nil):
            action = .delete
            span = old.span
            fields = []
        case (let old?, let new?):
            guard old != new else { return nil }
            action = .change
            span = new.span
            fields = FieldComparison.changes(from: old.fields, to: new.fields).map(\.withoutSecrets)
        case (nil, nil): return nil
        }
    }
}

extension TenantManifests {
    func resource(_ id: ResourceID) -> Resource? {
        switch id.kind {
        case .tenant: id.name == name ? .tenant(tenant) : nil
        case .cvlan: cvlans[id.name].map(Resource.cvlan)
        case .node: nodes[id.name].map(Resource.node)
        case .policy: policies[id.name].map(Resource.policy)
        case .secret: secrets[id.name].map(Resource.secret)
        }
    }
}

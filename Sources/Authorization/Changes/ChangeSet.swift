package import Manifests
package import Plan

/// What a commit changes of manifests, by tenant. A resource is what its manifest says that it is, whatever its file is called:
/// moving one changes nothing, and a document of another tenant changes that tenant.
package struct ChangeSet: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        package enum Subject: Hashable, Sendable {
            case resource(ResourceID)
            /// A manifest that can no longer be read, by its path: nobody knows what is in it.
            case file(String)
        }

        package let subject: Subject
        package let action: ResourceChange.Action
        /// Of the first field that differs, else of the resource; on the side where it is.
        package let span: SourceSpan
        /// That differ; as in the manifest, from its root.
        package let fields: [String]
    }

    /// In the order of their resources.
    package private(set) var tenants: [String: [Change]] = [:]
    /// What is nobody's.
    package private(set) var repository: [Change] = []

    package var isEmpty: Bool { tenants.isEmpty && repository.isEmpty }

    /// - Parameters:
    ///   - old: the files that a commit changes or removes, before it.
    ///   - new: those that it changes or adds, after it.
    package init(from old: [ManifestFile], to new: [ManifestFile]) {
        self.init(TreeDelta(from: old, to: new).differences)
    }

    init(_ differences: [ChangeKey: Difference]) {
        for (key, difference) in differences.sorted(by: { $0.key < $1.key }) {
            let changes = difference.changes(of: key.subject)
            if let tenant = key.tenant {
                tenants[tenant, default: []] += changes
            } else {
                repository += changes
            }
        }
    }
}

package import Manifests

/// What is judged on its own: a resource, or a file that nobody can read, for one of those whose manifests may be in it.
package struct ChangeKey: Hashable, Sendable {
    /// `nil`: it is the repository's.
    package let tenant: String?
    package let subject: ChangeSet.Change.Subject

    package init(_ id: ResourceID) {
        tenant = id.tenant
        subject = .resource(id)
    }

    package init(file: String, of tenant: String?) {
        self.tenant = tenant
        subject = .file(file)
    }

    init(_ tenant: String?, _ subject: ChangeSet.Change.Subject) {
        self.tenant = tenant
        self.subject = subject
    }
}

extension ChangeKey: Comparable {
    /// What is nobody's first; then by tenant, resources before files.
    package static func < (a: ChangeKey, b: ChangeKey) -> Bool {
        guard a.tenant == b.tenant else {
            guard let first = a.tenant else { return true }
            return b.tenant.map { first < $0 } ?? false
        }
        switch (a.subject, b.subject) {
        case (.resource(let a), .resource(let b)): return a < b
        case (.file(let a), .file(let b)): return a < b
        case (.resource, .file): return true
        case (.file, .resource): return false
        }
    }
}

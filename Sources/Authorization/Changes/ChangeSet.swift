package import Manifests
package import Plan

/// What a commit changes of manifests, by tenant. A resource is what its manifest says that it is, whatever its file is called:
/// moving one changes nothing, and a document of another tenant changes that tenant.
package struct ChangeSet: Sendable {
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
        var declared: [ResourceID: Declarations] = [:]
        for file in old { Declarations.add(file, to: &declared, \.old) }
        for file in new { Declarations.add(file, to: &declared, \.new) }
        for (id, declarations) in declared.sorted(by: { $0.key < $1.key }) {
            let changes = declarations.changes(of: id)
            if !changes.isEmpty { tenants[id.tenant, default: []] += changes }
        }
        addUnreadable(from: old, to: new)
    }

    /// A file that is broken may hold back everyone whose manifests are, were, or by its folder would be in it.
    private mutating func addUnreadable(from old: [ManifestFile], to new: [ManifestFile]) {
        let before = Dictionary(old.map { ($0.source.path, $0) }) { first, _ in first }
        for file in new.sorted(by: { $0.source.path < $1.source.path }) {
            let known = before[file.source.path]
            guard let problem = file.unreadable, known?.unreadable == nil else { continue }
            let change = Change(
                subject: .file(file.source.path), action: known == nil ? .create : .change, span: problem.span,
                fields: [])
            let owners = file.owners.union(known?.owners ?? [])
            for owner in owners { tenants[owner, default: []].append(change) }
            if owners.isEmpty { repository.append(change) }
        }
    }
}

/// What both sides say of one resource. More than one declaration is an error, which lint reports; and a change by whoever
/// adds one.
private struct Declarations {
    enum Declaration: Hashable {
        case readable(Resource)
        /// With problems: it exists, and nobody knows what it says.
        case undecodable(SourceSpan)

        var resource: Resource? {
            if case .readable(let resource) = self { resource } else { nil }
        }

        var span: SourceSpan {
            switch self {
            case .readable(let resource): resource.span
            case .undecodable(let span): span
            }
        }
    }

    var old: [Declaration] = []
    var new: [Declaration] = []

    static func add(
        _ file: ManifestFile, to declared: inout [ResourceID: Declarations],
        _ side: WritableKeyPath<Declarations, [Declaration]>
    ) {
        for resource in file.resources {
            declared[resource.id, default: Declarations()][keyPath: side].append(.readable(resource))
        }
        for id in file.undecodable {
            let problem = file.problems.first { $0.tenant == id.tenant }
            let span = problem?.span ?? SourceSpan(startOf: file.source)
            declared[id, default: Declarations()][keyPath: side].append(.undecodable(span))
        }
    }

    func changes(of id: ResourceID) -> [ChangeSet.Change] {
        // What is on both sides is only written elsewhere. What cannot be decoded is as good as the same.
        let left = Self.rest(of: old, without: new)
        let added = Self.rest(of: new, without: old)
        return (0..<max(left.count, added.count)).map { index in
            let before = left.indices.contains(index) ? left[index] : nil
            let after = added.indices.contains(index) ? added[index] : nil
            let fields = ResourceChange(id, from: before?.resource, to: after?.resource)?.fields ?? []
            let isBoth = before?.resource != nil && after?.resource != nil
            let span = isBoth ? fields.first.flatMap { $0.newSpan ?? $0.oldSpan } : nil
            return ChangeSet.Change(
                subject: .resource(id), action: action, span: span ?? (after ?? before)?.span ?? .none,
                fields: isBoth ? fields.map(\.path) : [])
        }
    }

    private static func rest(of all: [Declaration], without others: [Declaration]) -> [Declaration] {
        var twins = Dictionary(others.map { ($0.resource, 1) }, uniquingKeysWith: +)
        return all.filter { declaration in
            guard let count = twins[declaration.resource], count > 0 else { return true }
            twins[declaration.resource] = count - 1
            return false
        }
    }

    /// Of the resource: one more declaration of what is there already does not create it.
    private var action: ResourceChange.Action {
        old.isEmpty ? .create : new.isEmpty ? .delete : .change
    }
}

extension ManifestFile {
    /// What is wrong with it so that nobody can tell whose manifests are in it.
    fileprivate var unreadable: ManifestProblem? {
        problems.first { [.unreadable, .syntax, .limit].contains($0.kind) }
            ?? problems.first { $0.tenant == nil }
    }

    fileprivate var owners: Set<String> {
        let declared = resources.map(\.metadata.tenant) + undecodable.map(\.tenant) + problems.compactMap(\.tenant)
        return Set(declared).union(ManifestLoader.tenant(ofPath: source.path).map { [$0] } ?? [])
    }
}

internal import Addressing
package import GitRepository
internal import ManifestSource
package import Manifests
internal import OverlayNetwork

/// The manifests of a commit or of the working tree, with the addresses that are published, or would be.
package struct TenantLookup: Sendable {
    package let manifests: ManifestSet
    private let state: StateReader?
    package let time: Timestamp

    /// - Parameter commit: a revision; `nil`: the working tree, or what HEAD has where there is none.
    package init(
        _ repository: Repository, commit: String?, stateBranch: String, at time: Timestamp
    ) async throws {
        let planner = ChangePlanner(repository, stateBranch: stateBranch, at: time)
        let revision = commit ?? (repository.workingTree == nil ? "HEAD" : nil)
        if let revision {
            guard let id = try await planner.resolve(revision) else { throw PlanError("the empty tree has no nodes") }
            manifests = try await CommitManifests(of: "\(id)", in: repository).manifests
        } else {
            let loader = ManifestLoader()
            let files = try FolderReader(loader: loader).contents(of: repository.workingTree ?? "")
            manifests = ManifestSet(files: files.map { loader.load(path: $0.path, $0.content) })
        }
        state = try await StateReader(stateBranch, in: repository)
        self.time = time
    }

    /// A tenant, and what some of its networks are when they are carried out.
    func image(of manifests: TenantManifests, _ networks: AffectedNetworks) throws -> TenantImage {
        try TenantImage(
            manifests, previous: try state?.tenant(manifests.name, networks: .all), at: time, networks, plansAll: true)
    }

    /// The only tenant that has what is looked for, or the one that is named.
    package func tenant(
        _ name: String?, having what: String, _ has: (TenantManifests) -> Bool
    ) throws -> TenantManifests {
        if let name {
            guard let tenant = manifests.tenants[name] else {
                throw PlanError("there is no tenant \(name)" + Self.hint(name, among: manifests.tenants.keys.sorted()))
            }
            return tenant
        }
        let candidates = manifests.tenants.values.filter(has)
        if candidates.count == 1, let tenant = candidates.first { return tenant }
        guard candidates.isEmpty else {
            throw PlanError(
                "several tenants could be meant, say which with --tenant: "
                    + PlanWords.list(candidates.map(\.name).sorted(), atMost: 10))
        }
        throw PlanError("no tenant has \(what)")
    }

    static func hint(_ name: String, among names: [String]) -> String {
        Spelling.nearest(to: name, among: names).map { ": did you mean \($0)?" } ?? ""
    }
}

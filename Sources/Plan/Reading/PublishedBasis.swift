internal import GitRepository
internal import ManifestSource
internal import Manifests
internal import OverlayNetwork

/// What a plan knows of what the controller has published.
package enum PublishedBasis: Hashable, Sendable {
    /// There is no such branch: addresses are those that a controller would give which starts now.
    case none(branch: String)
    /// The state was made from the base, or from manifests that are the same.
    case current(branch: String, height: UInt64)
    /// The state was made from another commit: what differs since is carried on as the controller would.
    /// - Parameter files: how many manifests differ between the two.
    case other(branch: String, height: UInt64, source: String, files: Int)
}

/// Reads the state branch: only of the tenants and networks that are asked for.
struct StateReader {
    let branch: String
    let commit: ObjectID
    let root: PublishedState
    private let files: [StateFile: ObjectID]
    private let reader: BlobReader

    /// `nil` when there is no such branch, neither here nor at `origin`.
    init?(_ branch: String, in repository: Repository) async throws {
        var found: (branch: String, tip: ObjectID)?
        if let tip = try await repository.tip(of: branch) {
            found = (branch, tip)
        } else if let tip = try await repository.tip(ofRemoteBranch: "origin/\(branch)") {
            found = ("origin/\(branch)", tip)
        }
        guard let found else { return nil }
        self.branch = found.branch
        commit = found.tip
        var files: [StateFile: ObjectID] = [:]
        for entry in try await repository.entries(of: found.tip) where entry.isFile {
            guard let file = StateFile(path: entry.path) else {
                throw PlanError("\(found.branch): \(entry.path) is no file of the controller's state")
            }
            files[file] = entry.id
        }
        self.files = files
        reader = BlobReader(repository)
        root = try Self.read([.root], files, reader)
    }

    /// A tenant with some of its networks, or all.
    func tenant(_ name: String, networks: AffectedNetworks) throws -> TenantState? {
        guard files[.tenant(name)] != nil else { return nil }
        let wanted = files.keys.filter { file in
            if case .cvlan(let tenant, let cvlan) = file { tenant == name && networks.contains(cvlan) } else { false }
        }
        return try Self.read([.root, .tenant(name)] + wanted, files, reader).tenants[name]
    }

    func holds(_ network: String, of tenant: String) -> Bool { files[.cvlan(tenant: tenant, name: network)] != nil }

    private static func read(
        _ wanted: [StateFile], _ files: [StateFile: ObjectID], _ reader: BlobReader
    ) throws -> PublishedState {
        let found = wanted.compactMap { file in files[file].map { (file.path, $0) } }
        let contents = try reader.map(found.map(\.1), limit: PublishedState.largestFile) { index, content in
            (path: found[index].0, content: content)
        }
        return try PublishedState(
            files: contents.map { path, content in
                guard case .bytes(let bytes) = content else {
                    throw PlanError("the state's \(path) is larger than \(PublishedState.largestFile) bytes")
                }
                return (path: path, bytes: bytes)
            })
    }
}

package import GitRepository
package import OverlayNetwork

extension PublishedState {
    /// The state at a commit of the state branch; without one, nothing was ever published.
    package init(at commit: ObjectID?, in repository: Repository) async throws {
        guard let commit else {
            self = .none
            return
        }
        let files = try await repository.perform { repository in
            try repository.entries(of: commit).filter(\.isFile).map { entry in
                (path: entry.path, bytes: try repository.blob(entry.id, limit: PublishedState.largestFile))
            }
        }
        try self.init(files: files)
    }
}

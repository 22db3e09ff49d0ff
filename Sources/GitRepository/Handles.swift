internal import CGit2

/// Owns one libgit2 object. Not `Sendable`: it stays where it was made, inside a repository's actor or one network call.
final class Owned {
    let pointer: OpaquePointer
    private let release: (OpaquePointer) -> Void

    /// `make` fills the pointer and answers libgit2's error code.
    init(
        _ what: @autoclosure () -> String, free release: @escaping (OpaquePointer) -> Void,
        _ make: (inout OpaquePointer?) -> Int32
    ) throws(GitError) {
        var made: OpaquePointer?
        let code = make(&made)
        guard code >= 0, let made else { throw LibGit2.lastError(code < 0 ? code : -1, doing: what()) }
        pointer = made
        self.release = release
    }

    deinit { release(pointer) }
}

/// An open repository and its object database.
final class RepositoryHandle {
    let repository: OpaquePointer
    let objects: OpaquePointer
    private let owned: [Owned]

    /// Where HEAD, refs and objects are.
    var directory: String { git_repository_path(repository).map { String(cString: $0) } ?? "" }
    var isBare: Bool { git_repository_is_bare(repository) == 1 }
    var isShallow: Bool { git_repository_is_shallow(repository) == 1 }

    var workingTree: String? {
        git_repository_workdir(repository).map { path in
            let text = String(cString: path)
            return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }

    /// Opens `path`, which is the repository or its `.git`; parents are not searched.
    convenience init(opening path: String) throws(GitError) {
        let what = "opening the repository \(path)"
        do {
            try self.init(
                Owned(what, free: git_repository_free) {
                    git_repository_open_ext(&$0, path, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
                })
        } catch  where error.code == .untrustedOwner {
            throw GitError(
                .untrustedOwner,
                "\(what): it belongs to another user; if that is meant: git config --global --add safe.directory \(path)"
            )
        }
    }

    /// Opens or makes the bare repository that mirrors a remote one.
    convenience init(mirror path: String) throws(GitError) {
        do {
            try self.init(opening: path)
        } catch  where error.code == .notFound {
            var options = git_repository_init_options()
            git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
            options.flags =
                GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
                | GIT_REPOSITORY_INIT_MKDIR.rawValue
            options.mode = 0o700
            try self.init(
                Owned("making the mirror \(path)", free: git_repository_free) {
                    git_repository_init_ext(&$0, path, &options)
                })
        }
        guard isBare else {
            throw GitError(.invalid, "\(path) has a working tree; the mirror needs a directory of its own")
        }
    }

    private init(_ repository: Owned) throws(GitError) {
        let objects = try Owned("opening the object database", free: git_odb_free) {
            git_repository_odb(&$0, repository.pointer)
        }
        self.repository = repository.pointer
        self.objects = objects.pointer
        owned = [objects, repository]
    }
}

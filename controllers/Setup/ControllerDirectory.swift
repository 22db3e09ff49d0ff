/// The files of a controller, all in one directory that its user alone may enter. Only `keys/`, `roots/`, `ca.pem`,
/// `management.token` and `controller.yaml` are worth a backup: the rest is made again.
package struct ControllerDirectory: Sendable, Hashable {
    package let path: String

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var configurationFile: String { "\(path)/controller.yaml" }
    package var cacheFile: String { "\(path)/cache.sqlite" }
    /// Of a remote repository.
    package var mirror: String { "\(path)/mirror.git" }

    /// A file that the configuration names: relative ones are in the directory.
    package func resolve(_ file: String) -> String { file.hasPrefix("/") ? file : "\(path)/\(file)" }
}

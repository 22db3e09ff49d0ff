package import Foundation
internal import GitRepository
internal import Sodium
package import Trust

/// What `cvlan controller init` does: makes the directory of a new controller, once.
package enum ControllerSetup {
    /// What the user should know and keep.
    package struct Result: Sendable {
        package let configuration: ControllerConfiguration
        /// What join tokens and agents pin.
        package let rootPin: RootPin
        /// Base64, what proofs of declared nodes are made against; it is part of the root document too.
        package let enrollmentKey: String
    }

    private static let managementTokenFile = "management.token"

    /// - Parameters:
    ///   - repository: a path, which must be a repository, or a URL, which is not asked yet.
    ///   - listen: default: the URL's port on all addresses.
    ///   - authority: who may change what, for the root document.
    ///   - rootKeyFile: where the root key is to be, instead of in the directory.
    package static func initialize(
        directory: String, repository: String, url: String, trustDomain: String, listen: String? = nil,
        authority: ControllerKeys.Authority = .init(), rootKeyFile: String? = nil, now: Date = Date()
    ) throws -> Result {
        guard let trustDomain = TrustDomain(trustDomain) else {
            throw ConfigurationError("'\(trustDomain)' is not a trust domain: a lower-case DNS name")
        }
        guard let url = ControllerURL(url) else {
            throw ConfigurationError("'\(url)' is not of the form https://HOST:PORT")
        }
        guard let listen = ListenAddress(listen ?? "0.0.0.0:\(url.port)") else {
            throw ConfigurationError("'\(listen ?? "")' is not of the form HOST:PORT")
        }
        var repository = repository
        if case .local(let path) = try Location(repository) {
            repository = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
            // Throws where there is none: better now than when the controller starts.
            _ = try Repository(at: .local(path: repository))
        }
        var configuration = ControllerConfiguration(
            repository: repository, url: url, listen: listen, trustDomain: trustDomain)
        configuration.managementTokenFile = managementTokenFile
        let files = ControllerDirectory(directory)
        guard !FileManager.default.fileExists(atPath: files.configurationFile) else {
            throw ConfigurationError("\(files.configurationFile) exists already: this controller is set up")
        }
        var generator = SystemRandomNumberGenerator()
        let keys = try ControllerKeys.create(
            in: files.path, trustDomain: trustDomain, serverNames: configuration.serverNames,
            authority: authority, rootKeyFile: rootKeyFile.map(KeyFile.init), now: now, using: &generator)
        let token = Hex.encode(Sodium.randomBytes(count: 32)) + "\n"
        try DurableFile.write(Array(token.utf8), to: files.resolve(managementTokenFile), mode: 0o600)
        try DurableFile.write(Array(configuration.text.utf8), to: files.configurationFile, mode: 0o600)
        return Result(
            configuration: configuration, rootPin: keys.root.pin, enrollmentKey: keys.enrollmentKey.publicKey.base64)
    }

    package static func loadConfiguration(from directory: ControllerDirectory) throws -> ControllerConfiguration {
        let bytes: [UInt8]
        do throws(KeyFileError) {
            bytes = try DurableFile.read(directory.configurationFile)
        } catch {
            guard error.code == .notFound else { throw error }
            throw ConfigurationError(
                "\(directory.configurationFile) is not there: make it with `cvlan controller init --dir \(directory.path)`"
            )
        }
        var configuration = try ControllerConfiguration(
            parsing: String(decoding: bytes, as: UTF8.self), file: directory.configurationFile)
        configuration.hookSecretFile = configuration.hookSecretFile.map(directory.resolve)
        configuration.managementTokenFile = configuration.managementTokenFile.map(directory.resolve)
        configuration.credentials.httpsTokenFile = configuration.credentials.httpsTokenFile.map(directory.resolve)
        configuration.credentials.caFile = configuration.credentials.caFile.map(directory.resolve)
        configuration.credentials.sshKeyFile = configuration.credentials.sshKeyFile.map(directory.resolve)
        configuration.credentials.sshPassphraseFile = configuration.credentials.sshPassphraseFile.map(directory.resolve)
        configuration.credentials.knownHostsFile = configuration.credentials.knownHostsFile.map(directory.resolve)
        return configuration
    }
}

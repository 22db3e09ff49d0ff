package import FoundationEssentials
internal import Glibc
internal import Sodium
internal import WireFormat

extension ControllerKeys {
    /// Makes new keys, the CA and root document 1. The key directory appears last and as a whole: where it exists,
    /// everything exists, and `create` throws `alreadyExists` without having changed anything.
    package static func create(
        in directory: String, trustDomain: TrustDomain, serverNames: [ServerName], lifetimes: Lifetimes = Lifetimes(),
        now: Date, using generator: inout some RandomNumberGenerator
    ) throws -> ControllerKeys {
        try DurableFile.makePrivateDirectory(directory)
        let final = keyDirectory(of: directory)
        guard access(final, F_OK) != 0 else {
            throw KeyFileError(.alreadyExists, final, "exists already: this controller has its keys")
        }
        let keys = try make(
            trustDomain: trustDomain, serverNames: serverNames, lifetimes: lifetimes, now: now, using: &generator)
        let scratch = "\(final).\(Hex.encode(Sodium.randomBytes(count: 6))).tmp"
        do {
            try DurableFile.makePrivateDirectory(scratch)
            try keys.writeSecrets(to: scratch)
            try DurableFile.write(
                keys.root.envelope.serializedData(), to: rootFile(of: directory))
            try DurableFile.write(
                Array(CertificateChain([keys.authority.certificate]).pem.utf8), to: authorityFile(of: directory))
            guard rename(scratch, final) == 0 else {
                throw KeyFileError(errno: errno, final, "cannot rename into place")
            }
        } catch {
            for name in fileNames { unlink("\(scratch)/\(name)") }
            rmdir(scratch)
            throw error
        }
        try DurableFile.flushDirectory(of: final)
        return keys
    }

    private static func make(
        trustDomain: TrustDomain, serverNames: [ServerName], lifetimes: Lifetimes, now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws -> ControllerKeys {
        let rootKey = Ed25519.PrivateKey()
        let configKey = Ed25519.PrivateKey()
        let enrollmentKey = X25519.PrivateKey()
        let authority = try CertificateAuthority.make(
            trustDomain: trustDomain, lifetime: lifetimes.authority, now: now, using: &generator)
        let document = RootDocument(
            expires: now.addingTimeInterval(CertificateAuthority.seconds(lifetimes.root)), trustDomain: trustDomain,
            keys: [.init(rootKey.publicKey, roles: [.root]), .init(configKey.publicKey, roles: [.config, .state])],
            certificateAuthorities: [authority.certificate], enrollmentKey: enrollmentKey.publicKey)
        return ControllerKeys(
            root: try TrustedRoot(signing: document, by: [rootKey]), rootKey: rootKey, configKey: configKey,
            enrollmentKey: enrollmentKey, authority: authority,
            server: try ServerCredentials(
                names: serverNames, issuedBy: authority, lifetime: lifetimes.server, now: now, using: &generator))
    }

    private func writeSecrets(to keys: String) throws {
        if let rootKey { try KeyFile("\(keys)/root.key").write(rootKey) }
        try KeyFile("\(keys)/config.key").write(configKey)
        try KeyFile("\(keys)/enrollment.key").write(enrollmentKey)
        try KeyFile("\(keys)/ca.key").write(authority.key)
        try server.write(to: KeyFile("\(keys)/server.pem"))
    }

    private static let fileNames = ["root.key", "config.key", "enrollment.key", "ca.key", "server.pem"]

    static func keyDirectory(of directory: String) -> String { "\(directory)/keys" }
    static func rootFile(of directory: String) -> String { "\(directory)/root.dsse" }
    static func authorityFile(of directory: String) -> String { "\(directory)/ca.pem" }
}

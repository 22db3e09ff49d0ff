package import FoundationEssentials
internal import Glibc
internal import Sodium
internal import WireFormat

extension ControllerKeys {
    /// What the first root document says beside the keys.
    package struct Authority: Sendable {
        package var superadmins: [RootDocument.Superadmin] = []
        package var authorization: RootDocument.AuthorizationMode = .off

        package init() {}
    }

    /// Makes new keys, the CA and root document 1. The key directory appears last and as a whole: where it exists,
    /// everything exists, and `create` throws `alreadyExists` without having changed anything.
    /// - Parameter rootKeyFile: where the root key is to be instead of among the others, as on a stick; there is none yet.
    package static func create(
        in directory: String, trustDomain: TrustDomain, serverNames: [ServerName], authority: Authority = Authority(),
        rootKeyFile: KeyFile? = nil, lifetimes: Lifetimes = Lifetimes(), now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws -> ControllerKeys {
        try DurableFile.makePrivateDirectory(directory)
        let lock = try DirectoryLock(directory)
        defer { withExtendedLifetime(lock) {} }
        let final = keyDirectory(of: directory)
        guard access(final, F_OK) != 0 else {
            throw KeyFileError(.alreadyExists, final, "exists already: this controller has its keys")
        }
        if let rootKeyFile, rootKeyFile.exists {
            throw KeyFileError(.alreadyExists, rootKeyFile.path, "exists already; a key is not overwritten")
        }
        let scratch = "\(final).\(Hex.encode(Sodium.randomBytes(count: 6))).tmp"
        let keys: ControllerKeys
        do {
            try DurableFile.makePrivateDirectory(scratch)
            keys = try make(
                in: scratch, rootKeyFile: rootKeyFile, trustDomain: trustDomain, serverNames: serverNames,
                authority: authority, lifetimes: lifetimes, now: now, using: &generator)
            try RootFiles(of: directory).begin(with: keys.root)
            try DurableFile.write(
                Array(CertificateChain([keys.authority.certificate]).pem.utf8), to: authorityFile(of: directory))
            guard rename(scratch, final) == 0 else {
                throw KeyFileError(errno: errno, final, "cannot rename into place")
            }
        } catch {
            for name in fileNames { unlink("\(scratch)/\(name)") }
            rmdir(scratch)
            if let rootKeyFile { unlink(rootKeyFile.path) }
            throw error
        }
        try DurableFile.flushDirectory(of: final)
        return keys
    }

    /// - Parameter scratch: where the secrets are written to.
    private static func make(
        in scratch: String, rootKeyFile: KeyFile?, trustDomain: TrustDomain, serverNames: [ServerName],
        authority: Authority, lifetimes: Lifetimes, now: Date, using generator: inout some RandomNumberGenerator
    ) throws -> ControllerKeys {
        var signing: [RootDocument.Role: Ed25519.PrivateKey] = [:]
        func key(_ role: RootDocument.Role, in file: KeyFile? = nil) throws -> Ed25519.PrivateKey {
            let key = Ed25519.PrivateKey()
            signing[role] = key
            try (file ?? KeyFile("\(scratch)/\(fileName(of: role))")).write(key)
            return key
        }
        let rootKey = try key(.root, in: rootKeyFile)
        let (config, state) = (try key(.config), try key(.state))
        let (timestamp, enrollmentSigning) = (try key(.timestamp), try key(.enrollment))
        let enrollmentKey = X25519.PrivateKey()
        let certificates = try CertificateAuthority.make(
            trustDomain: trustDomain, lifetime: lifetimes.authority, now: now, using: &generator)
        let server = try ServerCredentials(
            names: serverNames, issuedBy: certificates, lifetime: lifetimes.server, now: now, using: &generator)
        try KeyFile("\(scratch)/enrollment.key").write(enrollmentKey)
        try KeyFile("\(scratch)/ca.key").write(certificates.key)
        try server.write(to: KeyFile("\(scratch)/server.pem"))
        let document = RootDocument(
            expires: now.addingTimeInterval(CertificateAuthority.seconds(lifetimes.root)), trustDomain: trustDomain,
            keys: RootDocument.Role.allCases.compactMap { role in
                signing[role].map { RootDocument.Key($0.publicKey, roles: [role]) }
            },
            certificateAuthorities: [certificates.certificate], enrollmentKey: enrollmentKey.publicKey,
            superadmins: authority.superadmins, authorization: authority.authorization)
        return ControllerKeys(
            roots: [try TrustedRoot(signing: document, by: [rootKey])], configKey: config,
            stateKey: state, timestampKey: timestamp, enrollmentSigningKey: enrollmentSigning,
            enrollmentKey: enrollmentKey, authority: certificates, server: server)
    }

    private static let fileNames =
        RootDocument.Role.allCases.map(fileName) + ["enrollment.key", "ca.key", "server.pem"]

    /// Inside the key directory.
    private static func fileName(of role: RootDocument.Role) -> String {
        String(role.keyFile.dropFirst("keys/".count))
    }

    static func keyDirectory(of directory: String) -> String { "\(directory)/keys" }
    static func authorityFile(of directory: String) -> String { "\(directory)/ca.pem" }
}

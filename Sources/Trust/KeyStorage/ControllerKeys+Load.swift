package import FoundationEssentials
internal import Sodium

extension ControllerKeys {
    /// Reads what `create` made, and checks that the root document in force names these keys.
    package static func load(from directory: String) throws -> ControllerKeys {
        let roots = try RootFiles(of: directory).read()
        let document = roots[roots.count - 1].document
        func signingKey(_ role: RootDocument.Role) throws -> Ed25519.PrivateKey {
            let file = KeyFile("\(directory)/\(role.keyFile)")
            let key = try file.readEd25519()
            guard document.publicKeys(for: role).contains(key.publicKey) else {
                throw KeyFileError(
                    .malformed, file.path, "root document \(document.version) does not name it for the role \(role)")
            }
            return key
        }
        let keys = keyDirectory(of: directory)
        let certificate = try CertificateChain(pem: try DurableFile.read(authorityFile(of: directory))).certificates[0]
        guard document.certificateAuthorities.contains(certificate) else {
            throw KeyFileError(
                .malformed, authorityFile(of: directory), "root document \(document.version) does not name this CA")
        }
        let enrollment = KeyFile("\(keys)/enrollment.key")
        let enrollmentKey = try enrollment.readX25519()
        guard document.enrollmentKey == enrollmentKey.publicKey else {
            throw KeyFileError(.malformed, enrollment.path, "root document \(document.version) names another key")
        }
        let rootIsHere = KeyFile("\(directory)/\(RootDocument.Role.root.keyFile)").exists
        return ControllerKeys(
            roots: roots, rootKey: rootIsHere ? try signingKey(.root) : nil, configKey: try signingKey(.config),
            stateKey: try signingKey(.state), timestampKey: try signingKey(.timestamp),
            enrollmentSigningKey: try signingKey(.enrollment), enrollmentKey: enrollmentKey,
            authority: try CertificateAuthority(
                certificate: certificate, key: try KeyFile("\(keys)/ca.key").readCertificateKey()),
            server: try ServerCredentials(reading: KeyFile("\(keys)/server.pem")))
    }

    /// The same keys with a new server certificate, which is in the directory when this returns.
    package func renewingServer(
        in directory: String, names: [ServerName], lifetime: Duration = Lifetimes().server, now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws -> ControllerKeys {
        var renewed = self
        renewed.server = try ServerCredentials(
            names: names, issuedBy: authority, lifetime: lifetime, now: now, using: &generator)
        try renewed.server.write(to: KeyFile("\(Self.keyDirectory(of: directory))/server.pem"))
        return renewed
    }
}

package import FoundationEssentials
internal import Sodium
internal import WireFormat

extension ControllerKeys {
    /// Reads what `create` made, and checks that the root document names these keys.
    ///
    /// The root document is trusted because it is in the controller's own directory.
    package static func load(from directory: String) throws -> ControllerKeys {
        let path = rootFile(of: directory)
        let envelope = try WireEnvelope(decoding: Data(try DurableFile.read(path)))
        let root = try TrustedRoot(envelope, pinnedBy: RootPin(ofPayload: envelope.payload))
        let keys = keyDirectory(of: directory)
        let certificate = try CertificateChain(pem: try DurableFile.read(authorityFile(of: directory))).certificates[0]
        let rootKey = KeyFile("\(keys)/root.key")
        let loaded = ControllerKeys(
            root: root, rootKey: rootKey.exists ? try rootKey.readEd25519() : nil,
            configKey: try KeyFile("\(keys)/config.key").readEd25519(),
            enrollmentKey: try KeyFile("\(keys)/enrollment.key").readX25519(),
            authority: try CertificateAuthority(
                certificate: certificate, key: try KeyFile("\(keys)/ca.key").readCertificateKey()),
            server: try ServerCredentials(reading: KeyFile("\(keys)/server.pem")))
        let document = root.document
        guard document.publicKeys(for: .config).contains(loaded.configKey.publicKey) else {
            throw KeyFileError(.malformed, path, "does not name keys/config.key")
        }
        guard document.enrollmentKey == loaded.enrollmentKey.publicKey else {
            throw KeyFileError(.malformed, path, "does not name keys/enrollment.key")
        }
        guard document.certificateAuthorities.contains(certificate) else {
            throw KeyFileError(.malformed, path, "does not name the CA of ca.pem")
        }
        return loaded
    }

    /// The same keys with a new server certificate, which is in the directory when this returns.
    package func renewingServer(
        in directory: String, names: [ServerName], lifetime: Duration = Lifetimes().server, now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws -> ControllerKeys {
        let server = try ServerCredentials(
            names: names, issuedBy: authority, lifetime: lifetime, now: now, using: &generator)
        try server.write(to: KeyFile("\(Self.keyDirectory(of: directory))/server.pem"))
        return ControllerKeys(
            root: root, rootKey: rootKey, configKey: configKey, enrollmentKey: enrollmentKey, authority: authority,
            server: server)
    }
}

package import FoundationEssentials
internal import Sodium

extension ControllerKeys {
    /// Reads what `create` made, and checks that the root document in force names these keys.
    ///
    /// A key that was rotated lies beside the old one, as `FILE.next`, until the root that names it is there: the root says
    /// which of the two is the one.
    package static func load(from directory: String, access: KeyAccess = KeyAccess()) throws -> ControllerKeys {
        let roots = try RootFiles(of: directory).read()
        let document = roots[roots.count - 1].document
        func signingKey(_ role: RootDocument.Role) throws -> any Ed25519.SigningKey {
            try choose(KeyFile("\(directory)/\(role.keyFile)"), by: document) { file in
                let key = try access.open(file)
                return document.publicKeys(for: role).contains(key.publicKey) ? key : nil
            }
        }
        let keys = keyDirectory(of: directory)
        let enrollmentKey = try choose(KeyFile("\(keys)/enrollment.key"), by: document) { file in
            let key = try file.readX25519()
            return document.enrollmentKey == key.publicKey ? key : nil
        }
        let authority = try choose(KeyFile(authorityFile(of: directory)), by: document) { file in
            guard let certificate = try CertificateChain(pem: try DurableFile.read(file.path)).certificates.first,
                document.certificateAuthorities.contains(certificate)
            else { return nil as CertificateAuthority? }
            // The key of a certificate is staged and put into place with it, but not in the same moment.
            let key = KeyFile("\(keys)/ca.key")
            return try [key.next, key].lazy.filter(\.exists).compactMap { file in
                try? CertificateAuthority(certificate: certificate, key: try file.readCertificateKey())
            }.first ?? CertificateAuthority(certificate: certificate, key: try key.readCertificateKey())
        }
        return ControllerKeys(
            roots: roots, configKey: try signingKey(.config), stateKey: try signingKey(.state),
            timestampKey: try signingKey(.timestamp), enrollmentSigningKey: try signingKey(.enrollment),
            enrollmentKey: enrollmentKey, authority: authority,
            server: try ServerCredentials(reading: KeyFile("\(keys)/server.pem")))
    }

    /// What the document names: the file's, or that which is to come in its place.
    private static func choose<Key>(
        _ file: KeyFile, by document: RootDocument, _ read: (KeyFile) throws -> Key?
    ) throws -> Key {
        if file.next.exists, let key = try read(file.next) { return key }
        guard let key = try read(file) else {
            throw KeyFileError(.malformed, file.path, "root document \(document.version) does not name it")
        }
        return key
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

package import FoundationEssentials
internal import Sodium

extension ControllerKeys {
    /// Reads what `create` made, and checks that the root document in force names these keys.
    ///
    /// A key that was rotated lies beside the old one, as `FILE.ID.next`, until the root that names it is there. What that
    /// root does not name is not opened: it may be in a token that is not here, and is nobody's business yet.
    package static func load(from directory: String, access: KeyAccess = KeyAccess()) throws -> ControllerKeys {
        let roots = try RootFiles(of: directory).read()
        let document = roots[roots.count - 1].document
        func signingKey(_ role: RootDocument.Role) throws -> any Ed25519.SigningKey {
            let named = document.publicKeys(for: role)
            return try choose(KeyFile("\(directory)/\(role.keyFile)"), named.map(KeyID.init(of:)), by: document) {
                file in
                let key = try access.open(file)
                return named.contains(key.publicKey) ? key : nil
            }
        }
        let keys = keyDirectory(of: directory)
        let enrollmentKey = try choose(
            KeyFile("\(keys)/enrollment.key"), [KeyID(of: document.enrollmentKey)], by: document
        ) { file in
            let key = try file.readX25519()
            return document.enrollmentKey == key.publicKey ? key : nil
        }
        let newest = document.certificateAuthorities.prefix(1).map(KeyID.init(ofCertificate:))
        let authority = try choose(KeyFile(authorityFile(of: directory)), newest, by: document) { file in
            guard let certificate = try CertificateChain(pem: try DurableFile.read(file.path)).certificates.first,
                document.certificateAuthorities.contains(certificate)
            else { return nil as CertificateAuthority? }
            // The key of a certificate is staged and put into place with it, but not in the same moment.
            let key = KeyFile("\(keys)/ca.key")
            return try [key.waiting(KeyID(ofCertificate: certificate)), key].lazy.filter(\.exists).compactMap { file in
                try? CertificateAuthority(certificate: certificate, key: try file.readCertificateKey())
            }.first ?? CertificateAuthority(certificate: certificate, key: try key.readCertificateKey())
        }
        return ControllerKeys(
            roots: roots, configKey: try signingKey(.config), stateKey: try signingKey(.state),
            timestampKey: try signingKey(.timestamp), enrollmentSigningKey: try signingKey(.enrollment),
            enrollmentKey: enrollmentKey, authority: authority,
            server: try ServerCredentials(reading: KeyFile("\(keys)/server.pem")))
    }

    /// What the document names: that which is to come in the place of the file's, or the file's.
    private static func choose<Key>(
        _ file: KeyFile, _ named: [KeyID], by document: RootDocument, _ read: (KeyFile) throws -> Key?
    ) throws -> Key {
        for waiting in named.map(file.waiting) where waiting.exists {
            do {
                if let key = try read(waiting) { return key }
            } catch let error as KeyFileError where error.code == .notFound && error.path == waiting.path {
                // It was put into place in this moment.
            }
        }
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

internal import Glibc

/// An authority and what it issues, by the `openssl` program: an implementation that is not the one under test.
package struct CertificateAuthority: Sendable {
    package let certificate: Certificate
    /// Whoever has the root alone needs these between it and a leaf.
    package let intermediates: [Certificate]
    private let lab: Lab
    private let configuration: String

    /// A root.
    package init(_ lab: Lab, _ name: String = "root", key: CertificateRequest.Key = .p256) throws {
        let request = CertificateRequest("/O=acme/CN=\(name)", key: key)
        try self.init(lab, request, above: nil)
    }

    private init(_ lab: Lab, _ request: CertificateRequest, above: CertificateAuthority?) throws {
        self.lab = lab
        let directory = try lab.newDirectory("authority")
        let key = try Certificate.makeKey(lab, directory, request.key)
        configuration = directory + "/ca.conf"
        try lab.write("", to: directory + "/index")
        try lab.write(Self.settings(directory), to: configuration)
        let own = Certificate(path: directory + "/certificate.pem", keyPath: key, key: request.key)
        let signing =
            above.map { ["-config", $0.configuration] } ?? ["-config", configuration, "-selfsign", "-keyfile", key]
        try Self.sign(lab, request, own, isAuthority: true, signing)
        certificate = own
        intermediates = above.map { $0.intermediates + [own] } ?? []
    }

    /// An authority below this one.
    package func intermediate(_ name: String, key: CertificateRequest.Key = .p256) throws -> CertificateAuthority {
        try CertificateAuthority(lab, CertificateRequest("/O=acme/CN=\(name)", key: key), above: self)
    }

    package func issue(_ request: CertificateRequest) throws -> Certificate {
        let directory = try lab.newDirectory("leaf")
        let key = try Certificate.makeKey(lab, directory, request.key)
        let leaf = Certificate(path: directory + "/certificate.pem", keyPath: key, key: request.key)
        try Self.sign(lab, request, leaf, isAuthority: false, ["-config", configuration])
        return leaf
    }

    private static func sign(
        _ lab: Lab, _ request: CertificateRequest, _ result: Certificate, isAuthority: Bool, _ authority: [String]
    ) throws {
        let (asked, extensions) = (result.path + ".request", result.path + ".extensions")
        try lab.write(request.extensions(isAuthority: isAuthority), to: extensions)
        try lab.host("openssl", "req", "-new", "-key", result.keyPath, "-subj", request.subject, "-out", asked)
        let (from, to) = request.validity.days
        try lab.host(
            arguments: ["openssl", "ca", "-batch", "-notext", "-preserveDN"] + authority + [
                "-in", asked, "-out", result.path, "-extfile", extensions, "-startdate", day(from), "-enddate", day(to),
            ])
    }

    /// Midnight of so many days from today, as openssl reads it.
    private static func day(_ offset: Int) -> String {
        var moment = time(nil) + offset * 86_400
        var fields = tm()
        gmtime_r(&moment, &fields)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y%m%d000000Z", &fields)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func settings(_ directory: String) -> String {
        """
        [ca]
        default_ca = authority
        [authority]
        database = \(directory)/index
        new_certs_dir = \(directory)
        certificate = \(directory)/certificate.pem
        private_key = \(directory)/key.pem
        rand_serial = yes
        default_md = sha256
        unique_subject = no
        policy = any
        [any]
        commonName = optional

        """
    }
}

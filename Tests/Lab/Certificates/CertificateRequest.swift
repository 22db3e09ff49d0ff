/// What a certificate of a test says.
package struct CertificateRequest: Sendable {
    package enum Key: String, Sendable, CaseIterable, CustomStringConvertible {
        case p256 = "P-256"
        case p384 = "P-384"
        case rsa = "RSA"

        package var description: String { rawValue }

        /// For `openssl genpkey`.
        var options: [String] {
            switch self {
            case .p256, .p384: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(rawValue)"]
            case .rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
            }
        }
    }

    package enum Validity: Sendable {
        case current
        /// Until the day before yesterday.
        case expired
        /// From the day after tomorrow on.
        case notYet

        /// First and last day, counted from today.
        var days: (from: Int, to: Int) {
            switch self {
            case .current: (-30, 365)
            case .expired: (-30, -2)
            case .notYet: (2, 365)
            }
        }
    }

    package var key: Key
    /// As openssl writes a subject: `/O=acme/CN=gate`.
    package var subject: String
    /// Subject alternative names as openssl writes them: `DNS:gate.example`, `URI:spiffe://acme/gate`, `IP:192.0.2.1`.
    package var names: [String]
    /// Extended key usages by openssl's names; none: without that extension.
    package var usages: [String]
    package var validity: Validity

    package init(
        _ subject: String, names: [String] = [], key: Key = .p256, usages: [String] = ["serverAuth", "clientAuth"],
        validity: Validity = .current
    ) {
        self.subject = subject
        self.names = names
        self.key = key
        self.usages = usages
        self.validity = validity
    }

    /// An extension file for `openssl ca`.
    func extensions(isAuthority: Bool) -> String {
        var lines =
            isAuthority
            ? ["basicConstraints = critical, CA:TRUE", "keyUsage = critical, keyCertSign, cRLSign"]
            : ["basicConstraints = critical, CA:FALSE", "keyUsage = critical, digitalSignature"]
        lines += ["subjectKeyIdentifier = hash", "authorityKeyIdentifier = keyid"]
        if !names.isEmpty { lines.append("subjectAltName = " + names.joined(separator: ",")) }
        if !usages.isEmpty && !isAuthority { lines.append("extendedKeyUsage = " + usages.joined(separator: ",")) }
        return lines.joined(separator: "\n") + "\n"
    }
}

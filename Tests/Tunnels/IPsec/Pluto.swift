internal import Glibc
package import TestLab

/// libreswan's IKE daemon in a namespace: IKE alone, as kernels without ESP take its SAs only in appearance (see
/// KernelESP.h). `.ci/setup` unpacks it, as its package does not go together with strongSwan's.
package final class Pluto: Sendable {
    package let namespace: Namespace
    private let lab: Lab
    private let directory: String
    private let daemon: Daemon

    /// Returns when it can be configured.
    package init(in namespace: Namespace, _ label: String, _ lab: Lab) async throws {
        self.namespace = namespace
        self.lab = lab
        let directory = try lab.newDirectory(label)
        self.directory = directory
        for folder in ["nss", "run", "policies"] { try lab.host("mkdir", directory + "/" + folder) }
        try lab.host("certutil", "-N", "-d", "sql:\(directory)/nss", "--empty-password")
        try lab.write("config setup\n", to: directory + "/ipsec.conf")
        try lab.write("", to: directory + "/ipsec.secrets")
        // It finds its other programs by their path alone, which namespaces of mounts make.
        let script = """
            mount -t tmpfs none /usr/libexec && mkdir /usr/libexec/ipsec && mount --bind "$1" /usr/libexec/ipsec || exit 1
            export LD_PRELOAD="$2"
            shift 2
            exec /usr/libexec/ipsec/pluto "$@"
            """
        daemon = try namespace.start(
            label, "unshare", "--mount", "sh", "-c", script, "pluto", Self.programs,
            try program("libKernelESP.so"), "--nofork", "--stderrlog", "--no-dnssec", "--nhelpers", "0", "--config",
            directory + "/ipsec.conf", "--secretsfile", directory + "/ipsec.secrets", "--ipsecdir", directory,
            "--nssdir", "sql:\(directory)/nss", "--rundir", directory + "/run")
        try await eventually("\(label) can be configured") {
            if !daemon.isRunning { throw LabError("pluto ended:\n\(daemon.log)") }
            return try whack(["--listen"]).succeeded
        }
    }

    package var log: String { daemon.log }

    /// Adds a connection for the first of the prefixes of either side (a client, who has none, takes what it is given), with AES-256-GCM, SHA-384 and X25519.
    package func add(_ name: String, _ settings: IPsecSettings) throws {
        var lines = [
            "conn \(name)", "ikev2=insist", "encapsulation=yes", "ike=aes_gcm256-sha2_384;dh31", "esp=aes_gcm256;dh31",
            "retransmit-timeout=10s", "auto=add",
        ]
        for (side, party) in [("left", settings.local), ("right", settings.remote)] {
            lines += [
                "\(side)=\(party.address ?? "%any")", "\(side)id=\"\(Self.identity(party.identity))\"",
                "\(side)subnet=\(party.prefixes.first ?? "0.0.0.0/0")",
            ]
        }
        if settings.asksForAddress { lines += ["leftmodecfgclient=yes", "narrowing=yes"] }
        // What it runs when a CHILD SA is up.
        lines.append("leftupdown=/bin/true")
        switch settings.local.proof {
        case .certificate(let certificate, _):
            lines += [
                certificate.key == .rsa ? "authby=rsa-sha2" : "authby=ecdsa", "leftcert=\(name)", "rightca=%same",
            ]
            try install(certificate, as: name, settings.authorities)
        case .secret(let secret):
            lines.append("authby=secret")
            let identities = [settings.local, settings.remote].map { Self.identity($0.identity) }
            try lab.write(
                "\(identities.joined(separator: " ")) : PSK \"\(secret)\"\n", to: directory + "/ipsec.secrets")
        case .login:
            throw LabError("libreswan is no client by EAP")
        }
        try lab.write("config setup\n" + lines.joined(separator: "\n    ") + "\n", to: directory + "/ipsec.conf")
        try command(["--listen"])
        let result = try namespace.attempt(
            arguments: [
                Self.programs + "/addconn", "--config", directory + "/ipsec.conf", "--ctlsocket",
                directory + "/run/pluto.ctl", name,
            ])
        guard result.succeeded else { throw LabError("addconn: \(result.output)\(result.errors)") }
    }

    /// Begins to make the connection's SAs.
    package func initiate(_ name: String) throws { try command(["--name", name, "--initiate", "--asynchronous"]) }

    package func rekeyIKE(_ name: String) throws { try command(["--rekey-ike", "--name", name, "--asynchronous"]) }

    package func rekeyChild(_ name: String) throws { try command(["--rekey-ipsec", "--name", name, "--asynchronous"]) }

    private func command(_ arguments: [String]) throws {
        let result = try whack(arguments)
        // Statuses from 10 on are about what has become of a connection.
        guard result.status == 0 || result.status >= 10 else {
            throw LabError("whack \(arguments.joined(separator: " ")): \(result.output)\(result.errors)")
        }
    }

    private func whack(_ arguments: [String]) throws -> CommandResult {
        try namespace.attempt(
            arguments: [Self.programs + "/whack", "--rundir", directory + "/run"] + arguments, timeout: .seconds(10))
    }

    private func install(_ certificate: Certificate, as name: String, _ authorities: [Certificate]) throws {
        let (database, bundle) = ("sql:\(directory)/nss", directory + "/\(name).p12")
        for (index, authority) in authorities.enumerated() {
            try lab.host("certutil", "-A", "-d", database, "-n", "ca-\(index)", "-t", "CT,,", "-i", authority.path)
        }
        try lab.host(
            "openssl", "pkcs12", "-export", "-in", certificate.path, "-inkey", certificate.keyPath, "-name", name,
            "-passout", "pass:", "-out", bundle)
        try lab.host("pk12util", "-i", bundle, "-d", database, "-W", "", "-K", "")
    }

    /// Names go with an at sign; distinguished names and addresses as they are.
    private static func identity(_ text: String) -> String { text.contains("=") ? text : "@" + text }

    private static var programs: String { checkout() + "/.build/libreswan/usr/libexec/ipsec" }
}

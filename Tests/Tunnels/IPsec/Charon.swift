internal import Glibc
internal import Synchronization
package import TestLab

/// strongSwan's IKE daemon in a namespace, with ESP in user space (its plugin kernel-libipsec), told by `swanctl`.
///
/// Several run side by side: each has its own files and its own control socket.
package final class Charon: IPsecEnd {
    package let namespace: Namespace
    package let lab: Lab
    private let label: String
    private let directory: String
    /// The one that runs, and those before it.
    private let daemons = Mutex<[Daemon]>([])

    /// Returns when it can be configured.
    /// - Parameter options: lines of strongswan.conf, in its section of the daemon.
    package init(in namespace: Namespace, _ label: String, _ lab: Lab, options: [String] = []) async throws {
        self.namespace = namespace
        self.lab = lab
        self.label = label
        directory = try lab.newDirectory(label)
        for folder in ["", "/x509", "/x509ca", "/private"] { try lab.host("mkdir", "-p", swanctl + folder) }
        // Copies: a profile of AppArmor, which goes by a program's path, would keep them from files of the lab's.
        try lab.host("cp", "/usr/sbin/charon-systemd", "/usr/sbin/swanctl", directory)
        try lab.write(settings(options), to: directory + "/strongswan.conf")
        try await start()
    }

    package var daemon: Daemon? { daemons.withLock { $0.last } }

    /// Of all its runs.
    package var log: String { daemons.withLock { $0 }.map(\.log).joined(separator: "\n") }

    /// After the end of the one before. Whoever ran has forgotten its configuration: load it again.
    package func start() async throws {
        let daemon = try namespace.start(label, directory + "/charon-systemd", environment: environment)
        daemons.withLock { $0.append(daemon) }
        try await eventually("\(label) can be configured") {
            if !daemon.isRunning { throw LabError("charon ended:\n\(daemon.log)") }
            return try attempt("--stats").succeeded
        }
    }

    /// Replaces its whole configuration. Connections that are as they were keep their SAs.
    package func configure(_ connections: [String: IPsecSettings]) async throws {
        let text = try SwanctlText(connections)
        try load(text.lines.joined(separator: "\n") + "\n", text.files)
    }

    /// Replaces its whole configuration by a swanctl.conf.
    /// - Parameter files: that it speaks of; below swanctl's directory, by where they are.
    package func load(_ text: String, _ files: [(path: String, file: String)] = []) throws {
        for (path, file) in files { try lab.host("cp", path, swanctl + "/" + file) }
        try lab.write(text, to: swanctl + "/swanctl.conf")
        try run("--load-all", "--clear")
    }

    package func kill() async throws {
        daemon?.signal(SIGKILL)
        try await daemon?.waitForExit()
    }

    /// IKE SAs with their CHILD SAs, as they are now.
    package func associations() throws -> [IPsecAssociation] {
        try VICISection(pretty: run("--list-sas", "--pretty")).sections("list-sa event").flatMap { event in
            event.sections.map { IPsecAssociation(connection: $0.name, $0.section) }
        }
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> String {
        let result = try attempt(arguments: arguments)
        guard result.succeeded else {
            throw LabError("swanctl \(arguments.joined(separator: " ")):\n\(result.output)\(result.errors)")
        }
        return result.output
    }

    private func attempt(_ arguments: String...) throws -> CommandResult { try attempt(arguments: arguments) }

    private func attempt(arguments: [String]) throws -> CommandResult {
        try namespace.attempt(
            arguments: [directory + "/swanctl"] + arguments + ["--uri", socket], environment: environment,
            timeout: .seconds(60))
    }

    private var swanctl: String { directory + "/swanctl.d" }
    private var socket: String { "unix://\(directory)/vici" }
    private var environment: [String: String] {
        ["STRONGSWAN_CONF": directory + "/strongswan.conf", "SWANCTL_DIR": swanctl]
    }

    private func settings(_ options: [String]) -> String {
        // The order of plugins is that of preference.
        """
        charon-systemd {
            piddir = \(directory)
            journal {
                default = -1
            }
            filelog {
                stderr {
                    default = 1
                    ike = 2
                    ike_name = yes
                    flush_line = yes
                }
            }
            load_modular = no
            load = random nonce pem pkcs1 pkcs8 x509 revocation constraints pubkey openssl kdf kernel-libipsec \
        kernel-netlink socket-default vici eap-identity eap-mschapv2 eap-tls
            plugins {
                vici {
                    socket = \(socket)
                }
            }
            retransmit_timeout = 1
            retransmit_tries = 3
            \(options.joined(separator: "\n    "))
        }

        """
    }
}

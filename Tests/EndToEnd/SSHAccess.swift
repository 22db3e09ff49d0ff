import Glibc
import TestLab

/// The git server reached by `ssh://`: a real sshd on the controller's loopback.
final class SSHAccess {
    static let hookSecret = "what-both-know"

    private let lab: Lab
    private let daemon: Daemon

    init(_ lab: Lab, _ host: Namespace) async throws {
        self.lab = lab
        let folder = lab.directory
        try lab.host("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/id")
        try lab.host("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/host")
        // Debian's service unit makes this directory at boot.
        mkdir("/run/sshd", 0o755)
        let configuration = try lab.file(
            "sshd_config",
            """
            ListenAddress 127.0.0.1:22
            HostKey \(folder)/host
            AuthorizedKeysFile \(folder)/id.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password

            """)
        let key = try lab.host("cat", "\(folder)/host.pub")
        _ = try lab.file("known_hosts", "127.0.0.1 \(key)")
        daemon = try host.start("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", configuration)
        try await eventually("sshd listens") { daemon.log.contains("listening") }
    }

    func url(of repository: String) -> String { "ssh://root@127.0.0.1\(repository)" }

    /// Keys, a poll so rare that it does not matter, and the hook instead.
    func configure(_ controllerDirectory: String) throws {
        let secret = try lab.file("hook.secret", Self.hookSecret)
        let path = controllerDirectory + "/controller.yaml"
        let settings = try lab.host("sed", "s/^pollInterval:.*/pollInterval: 60m/", path)
        _ = try lab.file(
            "controller/controller.yaml",
            settings + """
                sshKeyFile: \(lab.directory)/id
                knownHostsFile: \(lab.directory)/known_hosts
                hookSecretFile: \(secret)

                """)
    }
}

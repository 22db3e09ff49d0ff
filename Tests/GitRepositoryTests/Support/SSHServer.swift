import Foundation
import Glibc
import TestPrograms

/// A real sshd on loopback for the current user, with a host key of its own.
final class SSHServer {
    let port: Int
    let user: String
    /// The only key that may log in.
    let keyFile: String
    /// Holds the right line for this server.
    let knownHostsFile: String
    private let daemon: Daemon

    init(_ scratch: Scratch, passphrase: String = "") throws {
        user = NSUserName()
        keyFile = scratch.file("id")
        knownHostsFile = scratch.file("known_hosts")
        try Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", keyFile)
        try Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch.file("host"))
        let configuration = """
            HostKey \(scratch.file("host"))
            AuthorizedKeysFile \(keyFile).pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            """
        // sshd started by root insists on this directory; Debian's service unit makes it at boot.
        if getuid() == 0 { mkdir("/run/sshd", 0o755) }
        let config = try scratch.write("sshd_config", configuration + "\n")
        let script = try scratch.write("listen.py", Self.script)
        daemon = try Daemon(["python3", script, config])
        let line = try daemon.firstLine()
        guard let port = Int(line) else { throw Command.Failure(description: "the SSH server said '\(line)'") }
        self.port = port
        let publicKey = try String(contentsOfFile: scratch.file("host") + ".pub", encoding: .utf8)
        try scratch.write("known_hosts", "[127.0.0.1]:\(port) " + publicKey)
    }

    /// sshd cannot choose a port that is free; this can, and hands each connection to an sshd of its own.
    private static let script = """
        import socket, subprocess, sys
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            subprocess.Popen(["/usr/sbin/sshd", "-i", "-f", sys.argv[1]], stdin=connection, stdout=connection)
            connection.close()

        """
}

import Foundation
import Glibc

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
        port = try FreePort.take()
        let configuration = """
            ListenAddress 127.0.0.1:\(port)
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
        daemon = try Daemon(["/usr/sbin/sshd", "-D", "-e", "-f", config])
        let publicKey = try String(contentsOfFile: scratch.file("host") + ".pub", encoding: .utf8)
        try scratch.write("known_hosts", "[127.0.0.1]:\(port) " + publicKey)
        try FreePort.waitUntilOpen(port)
    }
}

/// Ports on loopback.
enum FreePort {
    /// A port that was free a moment ago.
    static func take() throws -> Int {
        let listener = try listen(port: 0)
        defer { close(listener.socket) }
        return listener.port
    }

    /// Listens without ever answering.
    static func listen(port: Int) throws -> (socket: Int32, port: Int) {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard bound, Glibc.listen(socket, 8) == 0 else { throw Command.Failure(description: "no free port") }
        return (socket, Int(in_port_t(bigEndian: address.sin_port)))
    }

    /// Waits up to 10 s.
    static func waitUntilOpen(_ port: Int) throws {
        for _ in 0..<1000 {
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(socket) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            let open = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if open { return }
            usleep(10_000)
        }
        throw Command.Failure(description: "nothing listens on port \(port)")
    }
}

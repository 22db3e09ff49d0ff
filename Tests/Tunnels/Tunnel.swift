internal import PacketIO
package import TestLab

/// A WireGuard interface in a namespace, by whatever implementation.
package final class Tunnel: Sendable {
    package let implementation: Implementation
    package let namespace: Namespace
    package let interface: String
    package let keys: KeyPair
    package let lab: Lab
    /// The process, where it is one that stays in the foreground.
    package let daemon: Daemon?

    /// Returns when interface and control socket are there. The interface is down and not configured.
    /// - Parameter environment: for the process, where it is one that stays in the foreground.
    package init(
        _ implementation: Implementation, in namespace: Namespace, _ label: String, _ lab: Lab,
        environment: [String: String] = [:]
    ) async throws {
        self.implementation = implementation
        self.namespace = namespace
        self.lab = lab
        keys = try KeyPair(lab)
        let interface = lab.interfaceName(label)
        self.interface = interface
        switch implementation {
        case .cvland:
            daemon = try namespace.start(
                label, program("cvland"), "--wireguard", interface, "--foreground", environment: environment)
        case .wireguardGo:
            daemon = try namespace.start(
                label, "wireguard-go", "--foreground", interface,
                environment: environment.merging(["LOG_LEVEL": "error"]) { $1 })
        case .kernel:
            daemon = nil
            try namespace.run("ip", "link", "add", interface, "type", "wireguard")
        }
        try await eventually("\(interface) of \(implementation.rawValue) is configurable") {
            if let daemon, !daemon.isRunning { throw LabError("\(implementation.rawValue) ended\n\(daemon.log)") }
            // Not to be asked before: `wg` removes a socket that refuses it, as one does that is bound and not heard yet.
            guard implementation == .kernel || Self.isHeard(socketPath) else { return false }
            return try namespace.attempt("wg", "show", interface).succeeded
        }
    }

    private static func isHeard(_ path: String) -> Bool { (try? UnixStream.connect(path: path)) != nil }

    package var socketPath: String { "/var/run/wireguard/\(interface).sock" }

    /// `wg setconf` with this end's private key and port, and the peers.
    package func configure(port: Int? = nil, mark: Int? = nil, _ peers: [PeerSection]) throws {
        try wg("setconf", configuration(port: port, mark: mark, peers))
    }

    /// `setconf`, `syncconf` or `addconf` with that text.
    package func wg(_ command: String, _ text: String, timeout: Duration = .seconds(30)) throws {
        let path = try lab.file("\(interface).conf", text)
        try namespace.run("wg", command, interface, path, timeout: timeout)
    }

    package func configuration(port: Int? = nil, mark: Int? = nil, _ peers: [PeerSection]) -> String {
        var lines = ["[Interface]", "PrivateKey = \(keys.privateKey)"]
        if let port { lines.append("ListenPort = \(port)") }
        if let mark { lines.append("FwMark = \(mark)") }
        return lines.joined(separator: "\n") + "\n" + peers.map(\.text).joined()
    }

    /// What `wg show INTERFACE FIELD` says, by public key.
    package func show(_ field: String) throws -> [String: [String]] {
        let rows = try namespace.run("wg", "show", interface, field).table.filter { $0.count > 1 }
        return Dictionary(rows.map { ($0[0], Array($0.dropFirst())) }) { first, _ in first }
    }

    /// Seconds since 1970, 0 when there was none.
    package func lastHandshake(with peer: Tunnel) throws -> Int {
        try show("latest-handshakes")[peer.keys.publicKey]?.first.flatMap { Int($0) } ?? 0
    }

    package func endpoint(of peer: Tunnel) throws -> String {
        try show("endpoints")[peer.keys.publicKey]?.first ?? ""
    }

    package func received(from peer: Tunnel) throws -> Int {
        try show("transfer")[peer.keys.publicKey]?.first.flatMap { Int($0) } ?? 0
    }

    /// Gives the interface its addresses and brings it up.
    package func bringUp(_ addresses: [String], mtu: Int? = nil) throws {
        if let mtu { try namespace.run("ip", "link", "set", interface, "mtu", "\(mtu)") }
        try namespace.configure(interface, addresses)
    }
}

/// A `[Peer]` section.
package struct PeerSection {
    package var publicKey: String
    package var allowedIPs: [String]
    package var endpoint: String?
    package var presharedKey: String?
    package var keepalive: Int?

    package init(
        _ peer: Tunnel, _ allowedIPs: [String], endpoint: String? = nil, presharedKey: String? = nil,
        keepalive: Int? = nil
    ) {
        publicKey = peer.keys.publicKey
        self.allowedIPs = allowedIPs
        self.endpoint = endpoint
        self.presharedKey = presharedKey
        self.keepalive = keepalive
    }

    package var text: String {
        var lines = ["[Peer]", "PublicKey = \(publicKey)"]
        if let presharedKey { lines.append("PresharedKey = \(presharedKey)") }
        if let endpoint { lines.append("Endpoint = \(endpoint)") }
        if let keepalive { lines.append("PersistentKeepalive = \(keepalive)") }
        // As many to a line as `wg` likes to read.
        for start in stride(from: 0, to: allowedIPs.count, by: 1000) {
            lines.append(
                "AllowedIPs = " + allowedIPs[start..<min(start + 1000, allowedIPs.count)].joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

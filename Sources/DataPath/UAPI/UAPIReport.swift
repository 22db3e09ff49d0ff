internal import Addressing
package import OpenSSL
package import WireGuard

/// What a `get=1` request is answered with, or a later part of it, which has only peers.
package struct UAPIReport: Sendable {
    package var privateKey: SecretKey?
    /// 0: none is open or asked for.
    package var listenPort: UInt16
    package var mark: UInt32
    package var peers: [PeerSnapshot]

    package init(privateKey: SecretKey? = nil, listenPort: UInt16 = 0, mark: UInt32 = 0, peers: [PeerSnapshot]) {
        self.privateKey = privateKey
        self.listenPort = listenPort
        self.mark = mark
        self.peers = peers
    }

    /// The lines, without `errno` and the blank line at the end.
    package func encode(into out: inout [UInt8]) {
        if let privateKey { out.line("private_key", key: privateKey) }
        if listenPort != 0 { out.line("listen_port", "\(listenPort)") }
        if mark != 0 { out.line("fwmark", "\(mark)") }
        for peer in peers {
            out.line("public_key", peer.publicKey.description)
            if let presharedKey = peer.presharedKey { out.line("preshared_key", key: presharedKey) }
            out.line("protocol_version", "\(peer.protocolVersion)")
            if let endpoint = peer.endpoint { out.line("endpoint", "\(endpoint)") }
            out.line("last_handshake_time_sec", "\(peer.lastHandshake?.seconds ?? 0)")
            out.line("last_handshake_time_nsec", "\(peer.lastHandshake?.nanoseconds ?? 0)")
            out.line("tx_bytes", "\(peer.statistics.sentBytes)")
            out.line("rx_bytes", "\(peer.statistics.receivedBytes)")
            out.line("persistent_keepalive_interval", "\(peer.persistentKeepalive)")
            for prefix in peer.allowedIPs { out.line("allowed_ip", prefix.description) }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func line(_ key: StaticString, _ value: String) {
        key.withUTF8Buffer { append(contentsOf: $0) }
        append(UInt8(ascii: "="))
        append(contentsOf: value.utf8)
        append(UInt8(ascii: "\n"))
    }

    fileprivate mutating func line(_ key: StaticString, key secret: SecretKey) {
        let digits = Array("0123456789abcdef".utf8)
        key.withUTF8Buffer { append(contentsOf: $0) }
        append(UInt8(ascii: "="))
        secret.withUnsafeBytes { bytes in
            for byte in bytes {
                append(digits[Int(byte >> 4)])
                append(digits[Int(byte & 15)])
            }
        }
        append(UInt8(ascii: "\n"))
    }
}

internal import Addressing
package import Forwarding
internal import OpenSSL
package import PacketIO
package import Tunneling
internal import WireGuard

extension TunnelInterface {
    /// 0 chooses a free port anew. While the interface is down, the port is only noted.
    package func setPort(_ port: UInt16, now: Instant) throws(IOError) {
        guard isUp else {
            configuredPort = port
            return
        }
        if let open = sockets.first, port != 0, open.port == port {
            configuredPort = port
            return
        }
        try openSockets(port: port, now: now)
        configuredPort = port
    }

    func setMark(_ mark: UInt32) throws(IOError) {
        guard mark != self.mark else { return }
        for sockets in sockets { try sockets.setMark(mark) }
        self.mark = mark
        device.forgetSources { _ in true }
    }

    /// The port that is open, else the one that was asked for.
    package var port: UInt16 { sockets.first?.port ?? configuredPort }

    package func setFilter(_ policy: CompiledPolicy?) {
        guard let policy else {
            filter = nil
            return
        }
        if let filter {
            filter.install(policy)
        } else {
            filter = SharedFilter(policy, hashKey: SecureRandom.hashKey())
        }
    }
}

extension SecureRandom {
    /// Two words that nobody can foretell.
    static func hashKey() -> (UInt64, UInt64) {
        (word(), word())
    }

    private static func word() -> UInt64 {
        bytes(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

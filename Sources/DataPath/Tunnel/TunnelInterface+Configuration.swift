internal import Addressing
package import Forwarding
internal import OpenSSL
internal import PacketIO
internal import WireGuard

extension TunnelInterface {
    /// 0 chooses a free port anew. While the interface is down, the port is only noted.
    func setPort(_ port: UInt16, now: Instant) throws(IOError) {
        guard isUp else {
            configuredPort = port
            return
        }
        if let sockets, port != 0, sockets.port == port {
            configuredPort = port
            return
        }
        try openSockets(port: port, now: now)
        configuredPort = port
    }

    func setMark(_ mark: UInt32) throws(IOError) {
        guard mark != self.mark else { return }
        try sockets?.setMark(mark)
        self.mark = mark
        device.forgetSources { _ in true }
    }

    /// The port that is open, else the one that was asked for.
    package var port: UInt16 { sockets?.port ?? configuredPort }

    package func setFilter(_ policy: CompiledPolicy?) {
        guard let policy else {
            filter = nil
            return
        }
        guard filter != nil else {
            filter = PacketFilter(policy, hashKey: (Self.randomWord(), Self.randomWord()))
            return
        }
        filter?.install(policy)
    }

    private static func randomWord() -> UInt64 {
        SecureRandom.bytes(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

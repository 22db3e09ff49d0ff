internal import Logging
internal import PacketIO

/// The WireGuard configuration socket of one interface, where `wg` looks for it.
final class UAPIServer {
    static let directory = "/var/run/wireguard"

    /// Called when somebody has removed the socket's file, which is how `wg-quick` tells a daemon to end.
    var fileRemoved: () -> Void = {}
    private let server: ConnectionServer
    private let watch: FileRemovalWatch
    private let loop: EventLoop
    private var watchToken: UInt64?

    static func path(of name: String) -> String { "\(directory)/\(name).sock" }

    init(_ interface: ManagedInterface, loop: EventLoop, log: Logger) throws {
        self.loop = loop
        let path = Self.path(of: interface.name)
        server = try ConnectionServer(path: path, loop: loop, log: log) { UAPIConnection(interface) }
        watch = try FileRemovalWatch(path: path)
        watchToken = try loop.add(watch.descriptor) { [unowned self] _ in
            watch.drain()
            if !server.listener.isInPlace { fileRemoved() }
        }
    }

    func close() {
        if let watchToken { loop.remove(watchToken) }
        watchToken = nil
        server.close()
    }
}

internal import Glibc
package import Logging
internal import OpenSSL
internal import PacketIO

/// `cvland` as a plain userspace WireGuard: one interface, configured by `wg`, without filter, addresses or routes.
package struct WireGuardProgram {
    private static let defaultMTU = 1_420

    private let name: String
    private let log: Logger

    package init(interface name: String, log: Logger) {
        self.name = name
        self.log = log
    }

    /// Runs until the interface is deleted, its socket's file is removed, or SIGTERM or SIGINT comes. To be called before
    /// there are other threads.
    ///
    /// - Parameter ready: called when the device has its MTU and `wg` can speak to it.
    package func run(ready: () -> Void) throws {
        guard !ApprovedMode.isOn else { throw EngineError.wireGuardNotApproved }
        let signals = try ProgramEnvironment.prepare()
        let loop = try EventLoop()
        let engine = try Engine(loop: loop, log: log, workerCount: Engine.usualWorkerCount)
        let tun = try makeDevice(by: engine)
        let interface = try engine.add(tun, domain: "")
        let server = try UAPIServer(interface, loop: loop, log: log)
        server.fileRemoved = { [log] in
            log.info("the socket was removed: ending")
            loop.stop()
        }
        engine.interfaceEnded = { _ in loop.stop() }
        _ = try loop.add(signals.descriptor) { _ in
            if signals.next() != nil { loop.stop() }
        }
        log.info("ready", metadata: ["interface": "\(interface.name)"])
        ready()
        try loop.run()
        server.close()
        engine.shutDown()
    }

    private func makeDevice(by engine: Engine) throws(IOError) -> TUNDevice {
        let tun: TUNDevice
        if let inherited = getenv("WG_TUN_FD").flatMap({ Int32(String(cString: $0)) }) {
            tun = try TUNDevice(inherited: inherited)
        } else {
            // Whoever answers on the socket has the interface: say so rather than what the kernel says of its device.
            let path = UAPIServer.path(of: name)
            guard (try? UnixStream.connect(path: path)) == nil else {
                throw IOError(EADDRINUSE, "interface \(name)", "another process serves \(path)")
            }
            tun = try engine.makeDevice(named: name)
        }
        try tun.setMTU(Self.defaultMTU)
        return tun
    }
}

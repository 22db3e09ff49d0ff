package import Logging
internal import PacketIO

/// `cvland` in the service of an agent: it owns the interfaces that it is told of over its control socket, and they go
/// when it ends.
package struct AgentManagedProgram {
    private let socketPath: String
    private let log: Logger

    package init(socketPath: String, log: Logger) {
        self.socketPath = socketPath
        self.log = log
    }

    /// Runs until SIGTERM or SIGINT. To be called before there are other threads.
    package func run() throws {
        let signals = try ProgramEnvironment.prepare()
        let loop = try EventLoop()
        let engine = try Engine(loop: loop, log: log, workerCount: Engine.usualWorkerCount)
        let service = ControlService(engine: engine, log: log)
        let server = try ConnectionServer(path: socketPath, loop: loop, log: log) { ControlConnection(service) }
        _ = try loop.add(signals.descriptor) { _ in
            if signals.next() != nil { loop.stop() }
        }
        log.info("ready", metadata: ["socket": "\(socketPath)"])
        try loop.run()
        log.info("ending")
        server.close()
        service.shutDown()
    }
}

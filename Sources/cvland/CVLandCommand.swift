internal import ArgumentParser
internal import DataPath
internal import Glibc
internal import Logging

@main
struct CVLandCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvland",
        abstract: "The data path of CloudVLAN: TUN devices, WireGuard, packet filter.",
        discussion: """
            Without --wireguard it serves an agent over a control socket. With it, it is a userspace WireGuard for one \
            interface that wg and wg-quick configure, as wireguard-go is.
            """)

    @Option(help: "Path of the control socket.")
    var socket = "/run/cvlan/cvland.sock"

    @Option(help: ArgumentHelp("Be a plain WireGuard interface of this name.", valueName: "interface"))
    var wireguard: String?

    @Flag(help: "With --wireguard: stay in the foreground (or WG_PROCESS_FOREGROUND=1).")
    var foreground = false

    @Option(
        help: "trace, debug, info, notice, warning, error or critical (or LOG_LEVEL=verbose, error or silent).",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("There is no level \(text).") }
            return level
        })
    var logLevel: Logger.Level?

    func validate() throws {
        guard !foreground || wireguard != nil else { throw ValidationError("--foreground goes with --wireguard.") }
    }

    func run() throws {
        do {
            guard let wireguard else { return try AgentManagedProgram(socketPath: socket, log: logger).run() }
            try runWireGuard(wireguard)
        } catch let error where !(error is ExitCode) {
            Self.complain("\(error)")
            throw ExitCode.failure
        }
    }

    private func runWireGuard(_ name: String) throws {
        let staysInForeground = foreground || environment("WG_PROCESS_FOREGROUND") == "1"
        guard staysInForeground || Daemon.isBackground else {
            let outcome = try Daemon.start(keepsErrorOutput: logLevel != nil || environment("LOG_LEVEL") != nil)
            if outcome.status != 0 {
                Self.complain(outcome.message)
                throw ExitCode(outcome.status)
            }
            return
        }
        if Daemon.isBackground { Daemon.detach() }
        do {
            try WireGuardProgram(interface: name, log: logger).run(ready: Daemon.announceReady)
        } catch  where Daemon.isBackground {
            Daemon.announceFailure("\(error)")
            throw ExitCode.failure
        }
    }

    private var logger: Logger {
        var logger = Logger(label: "cvland", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel ?? Self.level(named: environment("LOG_LEVEL"))
        return logger
    }

    /// The levels of wireguard-go.
    private static func level(named name: String?) -> Logger.Level {
        switch name {
        case "verbose", "debug": .debug
        case "error": .error
        case "silent": .critical
        default: .info
        }
    }

    private func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func complain(_ message: String) {
        let line = Array("cvland: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

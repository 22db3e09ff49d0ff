package import ArgumentParser
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// `run`: the agent itself.
package struct RunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Keep this machine's data path as its signed configuration says.",
        discussion: "Runs in the foreground until SIGTERM or SIGINT. Traffic goes on without it.")

    @OptionGroup var state: StateOptions

    @OptionGroup var dataPath: DataPathOptions

    @Option(help: "What names of TUN devices begin with; the network's name follows.")
    var interfacePrefix = "cv-"

    @Option(help: "Seconds between two looks for drift.")
    var recheck = 5

    @Flag(
        help: ArgumentHelp(
            "Demand that the controller vouches for the configuration ever anew.",
            discussion: "When it has not for too long, the agent says so in `status`, its log and its reports. "
                + "Traffic goes on."))
    var requireFresh = false

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    package init() {}

    package func validate() throws {
        guard (1...3600).contains(recheck) else { throw ValidationError("--recheck takes 1 to 3600 seconds") }
        guard (1...8).contains(interfacePrefix.utf8.count),
            interfacePrefix.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else { throw ValidationError("--interface-prefix takes 1 to 8 letters, digits, - or _") }
        guard Logger.Level(rawValue: logLevel) != nil else { throw ValidationError("no log level \(logLevel)") }
    }

    package func run() async throws {
        var logger = Logger(label: "agent", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let directory = try state.open()
        try directory.lock()
        let service = try AgentService(
            directory: directory, dataPathSocket: dataPath.socket,
            options: .init(interfacePrefix: interfacePrefix, recheck: .seconds(recheck), requiresFresh: requireFresh),
            logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}

import ArgumentParser
import Controllers
import Logging
import ServiceLifecycle
import UnixSignals

@main
struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan-controller",
        abstract: "Watches a repository of manifests, publishes signed configurations and serves agents.",
        discussion: "Its directory is made once by `cvlan controller init`.",
        version: ControllerService.version)

    @Option(help: "The controller's directory.")
    var dir: String

    @Option(help: ArgumentHelp("Where to listen, instead of where controller.yaml says.", valueName: "host:port"))
    var listen: String?

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning or error.", transform: level)
    var logLevel = Logger.Level.info

    func validate() throws {
        if let listen, ListenAddress(listen) == nil {
            throw ValidationError("'\(listen)' is not of the form HOST:PORT")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "cvlan-controller")
        logger.logLevel = logLevel
        do {
            var options = ControllerService.Options()
            options.listen = listen.flatMap(ListenAddress.init)
            let service = ControllerProgram(
                directory: ControllerDirectory(dir), options: options, logger: logger)
            let group = ServiceGroup(
                configuration: .init(
                    services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger)))
            try await group.run()
        } catch {
            logger.critical("cannot run: \(error)")
            throw ExitCode.failure
        }
    }

    /// The life of services is told by the controller's own lines.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logLevel, .warning)
        return logger
    }
}

private func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else { throw ValidationError("'\(text)' is not a log level") }
    return level
}

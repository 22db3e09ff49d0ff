package import Logging
internal import ServiceLifecycle
internal import Trust

/// A controller for as long as it is wanted: where a newer root document appears, it ends, as for an upgrade, and begins again
/// with the keys that this one names. Agents come back within seconds, and tunnels never notice.
package final class ControllerProgram: Service {
    private let directory: ControllerDirectory
    private let options: ControllerService.Options
    private let logger: Logger

    package init(
        directory: ControllerDirectory, options: ControllerService.Options = .init(), logger: Logger
    ) {
        self.directory = directory
        self.options = options
        self.logger = logger
    }

    package func run() async throws {
        var keys: ControllerKeys?
        repeat {
            let service = try ControllerService(directory: directory, options: options, keys: keys, logger: logger)
            try await service.run()
            keys = service.successors
        } while keys != nil
    }
}

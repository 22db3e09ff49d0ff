import Controllers
import Foundation
import Logging
import ServiceLifecycle
import Sodium
import Testing

/// A controller that serves on a loopback port, until the closure ends.
struct RunningController: Sendable {
    let controller: TestController
    let service: ControllerService
    let port: Int

    var enrollmentKey: X25519.PublicKey {
        get throws { try controller.keys.enrollmentKey.publicKey }
    }

    var url: String { "https://127.0.0.1:\(port)" }

    static func with<Value: Sendable>(
        _ controller: TestController, clock: TestClock? = nil,
        _ change: (inout ControllerService.Options) -> Void = { _ in },
        _ body: @Sendable @escaping (RunningController) async throws -> Value
    ) async throws -> Value {
        let service = try controller.service(clock: clock, change)
        let group = ServiceGroup(
            configuration: .init(
                // It ends by itself where a newer root document appears.
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let running = Task { try await group.run() }
        let result: Result<Value, any Error>
        do {
            let port = try #require(await service.port())
            let isPublished = await service.board.wait(atMost: .seconds(20)) { _ in true }
            #expect(isPublished)
            result = .success(try await body(RunningController(controller: controller, service: service, port: port)))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return try result.get()
    }

    /// Waits for what the loop makes of the latest commit.
    func reconciled(to commit: String) async throws {
        let isThere = await service.board.wait(atMost: .seconds(20)) { $0.sourceCommit.description == commit }
        #expect(isThere)
    }
}

/// Waits until a condition holds, with a bound.
func eventually(
    _ what: String = "", within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("never happened: \(what)")
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

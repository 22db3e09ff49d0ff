import Agent
import Foundation
import Logging
import ServiceLifecycle
import Sodium
import Synchronization
import Testing
import Trust
import WireFormat

/// A clock that tests move.
final class TestClock: Sendable {
    private let offset = Mutex<TimeInterval>(0)

    var now: Date { Date() + offset.withLock { $0 } }

    func advance(by seconds: TimeInterval) { offset.withLock { $0 += seconds } }
}

/// Enrols an agent as `acme/laptop-1`, brings generation 5 into force, and hands both to `body`. There is no `cvland`.
func withAgent(
    lifetimes: ControllerKeys.Lifetimes = .init(), clock: TestClock = TestClock(),
    _ body: (HostileController, StateDirectory) async throws -> Void
) async throws {
    let controller = try await HostileController(lifetimes: lifetimes)
    defer { controller.stop() }
    let directory = try StateDirectory(path: controller.folder + "/agent")
    let invitation = try Invitation(
        token: nil, controller: "https://127.0.0.1:\(controller.port)", root: controller.keys.root.pin.description,
        tenant: "acme", node: "laptop-1")
    _ = try await Enrollment.enroll(invitation, directory: directory, endpoints: [])
    var options = AgentService.Options(reportInterval: .milliseconds(200))
    options.now = { clock.now }
    let service = try AgentService(
        directory: directory, dataPathSocket: controller.folder + "/no-cvland", options: options,
        logger: Logger(label: "agent", factory: { _ in SwiftLogNoOpLogHandler() }))
    let agent = Task { try await service.run() }
    var config = WireNodeConfig()
    (config.tenant, config.node, config.generation) = ("acme", "laptop-1", 5)
    controller.send(try ConfigSigner(key: controller.keys.configKey).sign(config))
    let first = await controller.report { $0.generationInForce == 5 }
    #expect(first?.hasRefusal == false)
    try await body(controller, directory)
    agent.cancel()
    try await agent.value
}

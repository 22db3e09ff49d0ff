/// A network namespace of a lab: a machine of its own as far as the network goes; files and processes are shared.
package struct Namespace: Sendable {
    /// As `ip netns` knows it.
    package let name: String
    let lab: Lab

    /// Runs a command in the namespace and returns its standard output; throws with all output when it fails.
    @discardableResult
    package func run(
        _ arguments: String..., environment: [String: String] = [:], timeout: Duration = .seconds(30)
    ) throws -> String {
        try lab.checked(enter + arguments, environment: environment, timeout: timeout)
    }

    /// Runs a command that may fail.
    package func attempt(
        _ arguments: String..., environment: [String: String] = [:], timeout: Duration = .seconds(30)
    ) throws -> CommandResult {
        try lab.attempt(enter + arguments, environment: environment, timeout: timeout)
    }

    /// Runs a command, given as a list, that may fail.
    package func attempt(
        arguments: [String], environment: [String: String] = [:], timeout: Duration = .seconds(30)
    ) throws -> CommandResult {
        try lab.attempt(enter + arguments, environment: environment, timeout: timeout)
    }

    /// Starts a program that goes on until it is stopped or the lab ends; its output is logged.
    package func start(
        _ name: String, _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Daemon {
        try start(name, arguments: arguments, environment: environment)
    }

    /// Starts a program, given with its arguments as a list.
    package func start(
        _ name: String, arguments: [String], environment: [String: String] = [:]
    ) throws -> Daemon {
        try lab.start(name, enter + arguments, environment: environment)
    }

    /// Whether a ping comes back. For waiting: `try await eventually("…") { try bob.reaches("10.0.0.1") }`.
    package func reaches(_ address: String, from source: String? = nil, payload: Int = 56) throws -> Bool {
        let sourceOption = source.map { ["-I", $0] } ?? []
        let arguments = ["ping", "-n", "-q", "-c", "1", "-W", "1", "-s", "\(payload)"] + sourceOption + [address]
        return try lab.attempt(enter + arguments, environment: [:], timeout: .seconds(10)).succeeded
    }

    var enter: [String] { ["ip", "netns", "exec", name] }
}

internal import Glibc
internal import Synchronization

/// A place for tests that need real machines: network namespaces joined by an underlay, with programs that run in them.
///
///     try await withLab { lab in
///         let alice = try lab.namespace("alice")
///         let bob = try lab.namespace("bob")
///         try lab.connect(alice, ["192.0.2.1/24"], bob, ["192.0.2.2/24"])
///         try alice.run("ping", "-c", "1", "192.0.2.2")
///     }
///
/// Needs root, and says so instead of passing. Several labs, in one process or many, do not meet: names are drawn at
/// random. Whatever a lab made is removed at its end, and also when the process that made it is killed.
package final class Lab: Sendable {
    /// A directory for files of the test; removed with the lab.
    package let directory: String
    /// Names of namespaces begin with it, and every process that the lab starts has it in CVLAN_LAB.
    let mark: String
    private let watchdog: Watchdog
    private let daemons = Mutex<[Daemon]>([])
    /// How many `newDirectory` has made.
    private let directories = Mutex(0)

    init() throws {
        guard geteuid() == 0 else { throw LabError("network namespaces need root") }
        mark = "lab" + (0..<6).map { _ in String(Int.random(in: 0..<36), radix: 36) }.joined()
        directory = "/tmp/" + mark
        guard mkdir(directory, 0o700) == 0 else { throw LabError.system(directory) }
        watchdog = try Watchdog(mark: mark, directory: directory)
    }

    deinit {
        finish()
    }

    /// Ends and removes everything. Called by `withLab`.
    func finish() {
        watchdog.finish()
        // The watchdog has killed them; they are our children, and wait to be told about.
        for daemon in daemons.withLock({ $0 }) { _ = daemon.exitStatus }
    }

    /// A new namespace, its loopback up. The label is for people.
    package func namespace(_ label: String) throws -> Namespace {
        let namespace = Namespace(name: "\(mark)-\(label)", lab: self)
        try host("ip", "netns", "add", namespace.name)
        try namespace.run("ip", "link", "set", "lo", "up")
        return namespace
    }

    /// A name for an interface that no other test uses: WireGuard's control sockets (`/var/run/wireguard/NAME.sock`) are
    /// the same in all namespaces. The label is at most 8 bytes.
    package func interfaceName(_ label: String) -> String {
        String((label.prefix(8) + mark.dropFirst(3)).prefix(15))
    }

    /// Runs a command outside of the lab's namespaces and returns its standard output; throws when it fails.
    @discardableResult
    package func host(_ arguments: String..., input: String = "", timeout: Duration = .seconds(30)) throws -> String {
        try host(arguments: arguments, input: input, timeout: timeout)
    }

    /// Runs a command, given as a list, outside of the lab's namespaces; throws when it fails.
    @discardableResult
    package func host(
        arguments: [String], input: String = "", timeout: Duration = .seconds(30)
    ) throws -> String {
        try checked(arguments, input: input, timeout: timeout)
    }

    /// Runs a command, given as a list, outside of the lab's namespaces; it may fail.
    package func attempt(arguments: [String], timeout: Duration = .seconds(30)) throws -> CommandResult {
        try attempt(arguments, environment: [:], timeout: timeout)
    }

    /// Writes a file in `directory` and returns its path.
    package func file(_ name: String, _ text: String) throws -> String {
        let path = directory + "/" + name
        try write(text, to: path)
        return path
    }

    /// A new directory below `directory`; the label is for people.
    package func newDirectory(_ label: String) throws -> String {
        let number = directories.withLock { number in
            number += 1
            return number
        }
        let path = "\(directory)/\(label)-\(number)"
        guard mkdir(path, 0o700) == 0 else { throw LabError.system(path) }
        return path
    }

    /// Writes a file anew.
    package func write(_ text: String, to path: String) throws { try LabFile.write(text, to: path) }

    /// What all daemons of the lab have logged so far.
    package var logs: String {
        daemons.withLock { $0 }.map { "--- \($0.name), \($0.state)\n\($0.log)" }.joined(separator: "\n")
    }

    func checked(
        _ arguments: [String], environment: [String: String] = [:], input: String = "", timeout: Duration
    ) throws -> String {
        let result = try attempt(arguments, environment: environment, input: input, timeout: timeout)
        guard result.succeeded else {
            let text = result.output + result.errors
            throw LabError("\(arguments.joined(separator: " ")): status \(result.status)\n\(text)")
        }
        return result.output
    }

    func attempt(
        _ arguments: [String], environment: [String: String], input: String = "", timeout: Duration
    ) throws -> CommandResult {
        try runCommand(arguments, environment: environment.merging(marking) { $1 }, input: input, timeout: timeout)
    }

    func start(_ name: String, _ arguments: [String], environment: [String: String]) throws -> Daemon {
        let daemon = try Daemon(
            name: name, arguments, environment: environment.merging(marking) { $1 },
            logPath: "\(directory)/\(name)-\(daemons.withLock { $0.count }).log")
        daemons.withLock { $0.append(daemon) }
        return daemon
    }

    private var marking: [String: String] { ["CVLAN_LAB": mark] }
}

/// Makes a lab, hands it to `body`, and removes it. When `body` throws, the logs of its daemons go to standard error.
package func withLab<R>(_ body: (Lab) async throws -> R) async throws -> R {
    let lab = try Lab()
    defer { lab.finish() }
    do {
        return try await body(lab)
    } catch {
        let text = "\(error)\n\(lab.logs)\n"
        write(STDERR_FILENO, text, text.utf8.count)
        throw error
    }
}

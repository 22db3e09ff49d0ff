internal import Glibc

/// What a command left behind.
package struct CommandResult: Sendable {
    /// Exit status; 128 + the signal's number when a signal ended it.
    package let status: Int32
    package let output: String
    package let errors: String

    package var succeeded: Bool { status == 0 }
}

/// A child process in a process group of its own.
struct ChildProcess: Sendable {
    let identifier: pid_t

    /// - Parameters:
    ///   - arguments: the program, looked up in PATH, and its arguments.
    ///   - environment: added to this process's own.
    ///   - output: descriptors that become standard input, output and error.
    ///   - newSession: whether it shall outlive a Ctrl-C at the terminal.
    init(
        _ arguments: [String], environment: [String: String], descriptors: (Int32, Int32, Int32),
        newSession: Bool = false
    ) throws {
        guard let program = arguments.first else { throw LabError("no command") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [descriptors.0, descriptors.1, descriptors.2].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // POSIX_SPAWN_SETSID or POSIX_SPAWN_SETPGROUP; and signals as a program expects to find them.
        let flags: Int32 = (newSession ? 0x80 : 0x02) | 0x04 | 0x08
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)

        var variables: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if !environment.keys.contains(where: { variable.hasPrefix($0 + "=") }) { variables.append(variable) }
            entry += 1
        }
        variables += environment.map { "\($0.key)=\($0.value)" }
        var identifier = pid_t()
        let code = Self.withCStrings(arguments) { arguments in
            Self.withCStrings(variables) { posix_spawnp(&identifier, program, &actions, &attributes, arguments, $0) }
        }
        guard code == 0 else { throw LabError("\(program): \(String(cString: strerror(code)))") }
        self.identifier = identifier
    }

    /// The exit status once it has ended, as in `CommandResult`; `nil` as long as it runs. Once it was told, the
    /// identifier means nothing any more.
    func poll() -> Int32? {
        var status: Int32 = 0
        let result = waitpid(identifier, &status, WNOHANG)
        guard result != 0 else { return nil }
        guard result > 0 else { return 127 }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    func signalGroup(_ signal: Int32) {
        kill(-identifier, signal)
    }

    private static func withCStrings<R>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
    ) -> R {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}

/// Runs a command to its end. Children that it leaves behind (daemons) may keep its output open: what they write later
/// is not waited for.
func runCommand(
    _ arguments: [String], environment: [String: String], input: String, timeout: Duration
) throws -> CommandResult {
    let standardInput = try LabFile.anonymous(input)
    let output = try LabFile.anonymous()
    let errors = try LabFile.anonymous()
    defer { [standardInput, output, errors].forEach { close($0) } }
    let child = try ChildProcess(arguments, environment: environment, descriptors: (standardInput, output, errors))
    let deadline = ContinuousClock.now + timeout
    var pause: useconds_t = 200
    while true {
        if let status = child.poll() {
            return CommandResult(status: status, output: LabFile.contents(output), errors: LabFile.contents(errors))
        }
        if ContinuousClock.now > deadline {
            child.signalGroup(SIGKILL)
            while child.poll() == nil { usleep(200) }
            let text = LabFile.contents(output) + LabFile.contents(errors)
            throw LabError("\(arguments.joined(separator: " ")): not done after \(timeout)\n\(text)")
        }
        usleep(pause)
        pause = min(pause * 2, 5_000)
    }
}

/// Runs a command outside of any lab.
package func runCommand(_ arguments: String..., timeout: Duration = .seconds(30)) throws -> CommandResult {
    try runCommand(arguments, environment: [:], input: "", timeout: timeout)
}

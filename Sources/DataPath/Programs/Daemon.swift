internal import Glibc
internal import PacketIO

/// Going to the background: the program starts itself anew in a session of its own and ends once the new process says
/// that it is ready. (A fork alone would not do: it takes only one of the runtime's threads along.)
package enum Daemon {
    /// Set in the new process: the descriptor to say so on.
    private static let readyVariable = "CVLAND_READY_FD"
    private static let success = UInt8(ascii: "+")

    /// What the starting process is to end with.
    package struct Outcome: Sendable {
        package let status: Int32
        /// What the new process said when it failed.
        package let message: String
    }

    /// Whether this is the new process.
    package static var isBackground: Bool { getenv(readyVariable) != nil }

    /// Starts this program again with the same arguments and waits until it is ready or has failed.
    ///
    /// - Parameter keepsErrorOutput: whether the new process goes on writing to the same standard error.
    package static func start(keepsErrorOutput: Bool) throws -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw IOError(errno, "pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reading = Descriptor(owning: ends[0])
        let process = try spawn(writing: Descriptor(owning: ends[1]), keepsErrorOutput: keepsErrorOutput)
        let said = readAll(reading)
        if said.first == success { return Outcome(status: 0, message: "") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return Outcome(status: 1, message: String(decoding: said, as: UTF8.self))
    }

    /// In the new process, first of all: leaves the session of the terminal.
    package static func detach() {
        setsid()
    }

    /// In the new process: tells the one that waits that all is well.
    package static func announceReady() {
        say([success])
    }

    /// In the new process: tells the one that waits why not.
    package static func announceFailure(_ message: String) {
        say(Array(message.utf8))
    }

    private static func say(_ bytes: [UInt8]) {
        guard let text = getenv(readyVariable), let descriptor = Int32(String(cString: text)) else { return }
        unsetenv(readyVariable)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    private static func readAll(_ descriptor: Descriptor) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while all.count < 65_536 {
            let count = read(descriptor.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            all += buffer[..<count]
        }
        return all
    }

    private static func spawn(writing: Descriptor, keepsErrorOutput: Bool) throws -> pid_t {
        // A descriptor of a number that is not in use, since others may be meant for the new process; nor one of those that
        // /dev/null takes. Unlike the pipe's ends it is not closed there.
        let number = fcntl(writing.number, F_DUPFD, 3)
        guard number >= 0 else { throw IOError(errno, "duplicate a descriptor") }
        let inherited = Descriptor(owning: number)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in keepsErrorOutput ? [0, 1] : [0, 1, 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        setenv(readyVariable, "\(number)", 1)
        defer { unsetenv(readyVariable) }
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let status = withExtendedLifetime(inherited) {
            posix_spawn(&process, "/proc/self/exe", &actions, nil, &arguments, environ)
        }
        guard status == 0 else { throw IOError(status, "start in the background") }
        return process
    }
}

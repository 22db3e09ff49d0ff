package import Foundation
internal import Glibc

/// Runs programs, with the user's own git configuration out of the way.
package enum Command {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    package static let environment: [String: String] = {
        var environment = ProcessInfo.processInfo.environment
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        environment["GIT_AUTHOR_NAME"] = "Ann Author"
        environment["GIT_AUTHOR_EMAIL"] = "ann@example.org"
        environment["GIT_AUTHOR_DATE"] = "1600000000 +0200"
        environment["GIT_COMMITTER_NAME"] = "Carl Committer"
        environment["GIT_COMMITTER_EMAIL"] = "carl@example.org"
        environment["GIT_COMMITTER_DATE"] = "1600000100 -0330"
        environment["LC_ALL"] = "C"
        return environment
    }()

    @discardableResult
    package static func run(_ arguments: String...) throws -> String {
        try run(arguments: arguments)
    }

    /// Standard output; throws with standard error when the program fails.
    @discardableResult
    package static func run(arguments: [String], input: Data = Data(), directory: String = "/") throws -> String {
        // Files, not pipes: none can fill up, and none waits for a program that another test started meanwhile.
        let files = (0..<3).map { _ in temporaryFile() }
        defer { files.forEach { close($0) } }
        input.withUnsafeBytes { _ = write(files[0], $0.baseAddress, $0.count) }
        lseek(files[0], 0, SEEK_SET)
        let status = wait(for: try spawn(["env", "-C", directory] + arguments, files))
        guard status == 0 else {
            throw Failure(description: "\(arguments.joined(separator: " ")): \(text(files[2]))")
        }
        return text(files[1])
    }

    /// Starts a program with these files as its standard input, output and error.
    package static func spawn(_ arguments: [String], _ files: [Int32]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in files.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file, Int32(number))
        }
        // The threads that tests run on block signals, which programs would inherit.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw Failure(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
        return pid
    }

    /// The exit status; signals count as 128 and more.
    package static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    private static func temporaryFile() -> Int32 {
        var name = Array("/tmp/cvlan-test-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        unlink(name)
        return file
    }

    private static func text(_ file: Int32) -> String {
        lseek(file, 0, SEEK_SET)
        return String(
            decoding: FileHandle(fileDescriptor: file, closeOnDealloc: false).readDataToEndOfFile(), as: UTF8.self)
    }
}

/// A server in the background. It ends with the value, and also when the tests are killed: its shell looks after both.
package final class Daemon {
    private let pid: pid_t
    private let output: Int32

    private static let script = """
        parent=$1; shift
        "$@" & child=$!
        trap 'kill $child; exit' TERM
        while kill -0 $parent 2>/dev/null; do sleep 1 & wait $!; done
        kill $child
        """

    package init(_ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Command.Failure(description: "no pipe") }
        output = ends[0]
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer {
            close(null)
            close(ends[1])
        }
        let watched = ["sh", "-c", Self.script, "sh", "\(getpid())"] + arguments
        pid = try Command.spawn(watched, [null, ends[1], null])
    }

    deinit {
        kill(pid, SIGTERM)
        _ = Command.wait(for: pid)
        close(output)
    }

    /// The first line it prints.
    package func firstLine() throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}

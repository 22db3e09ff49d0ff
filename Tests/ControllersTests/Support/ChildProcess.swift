import Foundation
import Synchronization

/// A program that was started with its output going to files. By `posix_spawn` itself: Foundation's `Process` crashes
/// now and then when many are started at once.
final class ChildProcess: Sendable {
    private let id: pid_t
    private let state = Mutex(State())

    private struct State {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    struct CannotStart: Error {}

    /// - Parameter arguments: the program first, found by `PATH`.
    init(_ arguments: [String], in directory: String, output: String, errors: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let arguments = ["env", "-C", directory] + arguments
        let environment = [
            "PATH=" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"), "HOME=/nonexistent",
            "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=alice", "GIT_AUTHOR_EMAIL=alice@acme.example",
            "GIT_COMMITTER_NAME=alice", "GIT_COMMITTER_EMAIL=alice@acme.example",
        ]
        var (argv, envp) = (arguments.map { strdup($0) } + [nil], environment.map { strdup($0) } + [nil])
        defer { for pointer in argv + envp { free(pointer) } }
        var id: pid_t = 0
        guard posix_spawnp(&id, "env", &actions, nil, &argv, &envp) == 0 else { throw CannotStart() }
        self.id = id
        let child = id
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
            let waiting = state.withLock { state in
                state.status = code
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: code) }
        }
    }

    var hasEnded: Bool { state.withLock { $0.status != nil } }

    /// Waits for the end, and gives the exit status.
    var status: Int32 {
        get async {
            await withCheckedContinuation { continuation in
                let status: Int32? = state.withLock { state in
                    if state.status == nil { state.waiting.append(continuation) }
                    return state.status
                }
                if let status { continuation.resume(returning: status) }
            }
        }
    }

    func stop() {
        state.withLock { state in
            // Under the lock and not waited for yet: the id is still its own.
            if state.status == nil { kill(id, SIGTERM) }
        }
    }
}

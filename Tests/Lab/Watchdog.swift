internal import Glibc
internal import Synchronization

/// A child process that cleans up after a lab: when told to, or when this process has ended in whatever way. It reads a
/// pipe of which nobody else has the other end; that closes when we do, even by SIGKILL.
final class Watchdog: Sendable {
    private let child: ChildProcess
    private let pipe: Mutex<Int32?>

    /// Kills what carries the mark CVLAN_LAB=`mark` in its environment or lives in a namespace whose name begins with
    /// `mark`, then removes these namespaces, `directory`, and control sockets that killed WireGuard daemons left.
    init(mark: String, directory: String) throws {
        var ends: [Int32] = [-1, -1]
        // A socket pair, as it can be made close-on-exec from the beginning: SOCK_STREAM | SOCK_CLOEXEC.
        guard socketpair(AF_UNIX, 1 | O_CLOEXEC, 0, &ends) == 0 else { throw LabError.system("socketpair") }
        defer { close(ends[0]) }
        pipe = Mutex(ends[1])
        let null = try LabFile.open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        child = try ChildProcess(
            ["/bin/sh", "-c", Self.script, "lab-watchdog", mark, directory], environment: [:],
            descriptors: (ends[0], null, null), newSession: true)
    }

    /// Cleans up now, and returns when that is done.
    func finish() {
        let wasOpen = pipe.withLock { pipe in
            defer { pipe = nil }
            if let pipe { close(pipe) }
            return pipe != nil
        }
        guard wasOpen else { return }
        while child.poll() == nil { usleep(1_000) }
    }

    private static let script = """
        mark=$1 directory=$2
        read -r _
        marked() { grep -lsz "^CVLAN_LAB=$mark\\$" /proc/[0-9]*/environ | cut -d/ -f3; }
        namespaces() { ip netns list | cut -d' ' -f1 | grep "^$mark"; }
        for round in 1 2 3 4 5; do
            pids="$(marked) $(for n in $(namespaces); do ip netns pids "$n"; done)"
            [ -n "$(echo $pids)" ] || break
            kill -KILL $pids
        done
        for n in $(namespaces); do ip netns delete "$n"; done
        rm -rf -- "$directory" /var/run/wireguard/*"${mark#lab}"*.sock
        """
}

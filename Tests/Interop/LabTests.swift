import Glibc
import TestLab
import Testing

/// The lab must not report what did not happen, and must leave nothing behind.
@Suite struct LabTests {
    @Test func commandsThatFailThrowWithTheirOutput() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let error = #expect(throws: LabError.self) { try space.run("sh", "-c", "echo one; echo two >&2; exit 3") }
            #expect(error?.description.contains("status 3") == true)
            #expect(error?.description.contains("one\ntwo") == true)
            let result = try space.attempt("sh", "-c", "kill -TERM $$")
            #expect(result.status == 128 + SIGTERM && !result.succeeded)
            #expect(throws: LabError.self) { try lab.host("no-such-program") }
        }
    }

    @Test func commandsThatHangAreKilled() async throws {
        try await withLab { lab in
            let start = ContinuousClock.now
            #expect(throws: LabError.self) { try lab.host("sleep", "1000", timeout: .milliseconds(100)) }
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test func conditionsThatNeverHoldThrowAfterTheirBound() async throws {
        await #expect(throws: LabError.self) {
            try await eventually("pigs fly", within: .milliseconds(50)) { false }
        }
    }

    /// Also what escaped: a process that made itself a daemon, in and out of the namespace.
    @Test func nothingIsLeft() async throws {
        var directory = ""
        var name = ""
        var socket = ""
        try await withLab { lab in
            let space = try lab.namespace("one")
            (directory, name) = (lab.directory, space.name)
            let daemon = try space.start("sleep", "sleep", "1000")
            try space.run("sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 &")
            try lab.host("sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 &")
            // As a killed WireGuard daemon leaves it.
            socket = "/var/run/wireguard/\(lab.interfaceName("x"))-more.sock"
            try lab.host("mkdir", "-p", "/var/run/wireguard")
            try lab.host("touch", socket)
            #expect(daemon.isRunning)
            #expect(try processes(of: name).count >= 3)
        }
        #expect(access(directory, F_OK) != 0)
        #expect(access(socket, F_OK) != 0)
        #expect(try !runCommand("ip", "netns", "list").output.contains(name))
        try await eventually("no process is left") { try processes(of: name).isEmpty }
    }

    /// All that carry the mark of the lab to which the namespace belongs.
    private func processes(of namespace: String) throws -> [Substring] {
        let mark = namespace.prefix { $0 != "-" }
        return try runCommand("sh", "-c", "grep -lsz '^CVLAN_LAB=\(mark)$' /proc/[0-9]*/environ").output
            .split(separator: "\n")
    }
}

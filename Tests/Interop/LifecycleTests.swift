import Glibc
import PacketIO
import TestLab
import TestTunnels
import Testing

/// `cvland --wireguard NAME` as scripts use it in the place of `wireguard-go NAME`.
@Suite(.serialized) struct LifecycleTests {
    /// Starts it as a daemon, the way that returns when everything is ready, and returns its process.
    private func daemonize(_ interface: String, in space: Namespace) throws -> Int32 {
        try space.run(program("cvland"), "--wireguard", interface)
        let processes = try runCommand("ip", "netns", "pids", space.name).output
            .split(separator: "\n").compactMap { Int32($0) }
        let ours = try processes.filter { try commandLine(of: $0).contains(interface) }
        #expect(ours.count == 1)
        return try #require(ours.first)
    }

    private func commandLine(of process: Int32) throws -> String {
        try runCommand("cat", "/proc/\(process)/cmdline").output
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
    private func socket(_ interface: String) -> String { "/var/run/wireguard/\(interface).sock" }

    @Test func everythingIsReadyWhenTheCommandReturns() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            for round in 0..<10 {
                let interface = lab.interfaceName("d\(round)")
                try space.run(program("cvland"), "--wireguard", interface)
                #expect(try space.run("wg", "show", interface, "public-key").trimmed == "(none)")
                #expect(try space.run("ip", "link", "show", interface).contains("mtu 1420"))
                try space.run("ip", "link", "delete", interface)
            }
        }
    }

    /// The interface goes to another namespace at once; its UDP sockets stay where the underlay is.
    @Test(arguments: Underlay.allCases)
    func theInterfaceMayBeMovedAtOnce(over underlay: Underlay) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: .wireguardGo, responder: .wireguardGo), over: underlay)
            try await pair.right.requireDaemon().stop()
            let inside = try lab.namespace("inside")
            for round in 0..<3 {
                let interface = lab.interfaceName("m\(round)")
                let outside = pair.right.namespace
                try outside.run(program("cvland"), "--wireguard", interface)
                try outside.run("ip", "link", "set", interface, "netns", inside.name)
                let text = pair.right.configuration(
                    port: 51820,
                    [
                        PeerSection(
                            pair.left, ["10.0.0.1/32", "fd00::1/128"], endpoint: underlay.endpoint(underlay.left))
                    ])
                try inside.run("wg", "setconf", interface, lab.file("moved.conf", text))
                try inside.configure(interface, ["10.0.0.2/24", "fd00::2/64"])
                // From inside first: the other side still has a session with the one before.
                for address in Pair.leftInside {
                    try await eventually("inside reaches \(address)") { try inside.reaches(address) }
                }
                for address in Pair.rightInside { try #expect(pair.left.namespace.reaches(address)) }
                // Larger packets too, for which the MTU must be known.
                try inside.run("ip", "link", "set", interface, "mtu", "4000")
                try pair.left.namespace.run("ip", "link", "set", pair.left.interface, "mtu", "4000")
                try await eventually("large packets pass") { try inside.reaches("10.0.0.1", payload: 3900) }
                try inside.run("ip", "link", "delete", interface)
                try await eventually("the socket is gone with the interface") { !exists(socket(interface)) }
                try await eventually("the process is gone") {
                    try lab.host("ip", "netns", "pids", outside.name).trimmed.isEmpty
                }
            }
        }
    }

    @Test func itEndsWhenTheInterfaceIsDeleted() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let tunnel = try await Tunnel(.cvland, in: space, "m", lab)
            #expect(exists(tunnel.socketPath))
            try space.run("ip", "link", "delete", tunnel.interface)
            #expect(try await tunnel.requireDaemon().waitForExit() == 0)
            #expect(!exists(tunnel.socketPath))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func itEndsOnASignal(_ signal: Int32) async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let tunnel = try await Tunnel(.cvland, in: space, "m", lab)
            let daemon = try tunnel.requireDaemon()
            daemon.signal(signal)
            #expect(try await daemon.waitForExit() == 0)
            #expect(!exists(tunnel.socketPath))
            #expect(try !space.attempt("ip", "link", "show", tunnel.interface).succeeded)
        }
    }

    @Test func itEndsWhenItsSocketIsRemoved() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let tunnel = try await Tunnel(.cvland, in: space, "m", lab)
            unlink(tunnel.socketPath)
            #expect(try await tunnel.requireDaemon().waitForExit() == 0)
            #expect(try !space.attempt("ip", "link", "show", tunnel.interface).succeeded)
        }
    }

    @Test func theDaemonEndsInTheSameWays() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let ends: [(String, Int32) throws -> Void] = [
                { interface, _ in try space.run("ip", "link", "delete", interface) },
                { _, process in kill(process, SIGTERM) },
                { interface, _ in unlink(socket(interface)) },
            ]
            for (index, end) in ends.enumerated() {
                let interface = lab.interfaceName("e\(index)")
                let process = try daemonize(interface, in: space)
                try end(interface, process)
                try await eventually("the daemon has ended") { kill(process, 0) != 0 }
                #expect(!exists(socket(interface)))
                #expect(try !space.attempt("ip", "link", "show", interface).succeeded)
            }
        }
    }

    /// A daemon that was killed leaves its socket file; the next one takes the place.
    @Test func aStaleSocketIsReplaced() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let interface = lab.interfaceName("s")
            let process = try daemonize(interface, in: space)
            kill(process, SIGKILL)
            try await eventually("it is dead") { try !space.attempt("ip", "link", "show", interface).succeeded }
            #expect(exists(socket(interface)))
            _ = try daemonize(interface, in: space)
            try space.run("wg", "show", interface)
        }
    }

    @Test func aSecondOneOfTheSameNameFails() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let tunnel = try await Tunnel(.cvland, in: space, "m", lab)
            let second = try space.attempt(program("cvland"), "--wireguard", tunnel.interface)
            #expect(second.status != 0)
            #expect(!second.errors.isEmpty)
            try space.run("wg", "show", tunnel.interface)
            #expect(try tunnel.requireDaemon().isRunning)
        }
    }

    /// As a service manager hands a device down that it has made.
    @Test func aDeviceThatIsHandedDownIsUsed() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let interface = lab.interfaceName("h")
            let daemon: Daemon
            do {
                let device = try inNamespace(space) { try TUNDevice(name: interface) }
                // Without close-on-exec, unlike the first.
                let inherited = dup(device.descriptor.number)
                defer { close(inherited) }
                daemon = try space.start(
                    "handed", program("cvland"), "--wireguard", interface, "--foreground",
                    environment: ["WG_TUN_FD": "\(inherited)"])
                try await eventually("it is configurable") { try space.attempt("wg", "show", interface).succeeded }
            }
            try space.run("ip", "link", "show", interface)
            #expect(try await daemon.stop() == 0)
            #expect(!exists(socket(interface)))
        }
    }

    @Test func theControlSocketIsPrivate() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let tunnel = try await Tunnel(.cvland, in: space, "m", lab)
            #expect(try lab.host("stat", "-c", "%a %u", tunnel.socketPath).trimmed == "600 0")
        }
    }
}

extension Tunnel {
    func requireDaemon() throws -> Daemon {
        try #require(daemon)
    }
}

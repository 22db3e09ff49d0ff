import Glibc
import TestLab
import Testing

/// What goes on when something is stopped, killed or changed behind the product's back.
@Suite struct SurvivalTests {
    /// Two declared nodes that ping each other.
    private func pair(_ lab: Lab) async throws -> (overlay: Overlay, one: Machine, two: Machine) {
        let overlay = try await Overlay(lab, manifests: ["ping.yaml": EndToEndTests.allowPing])
        let one = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
        let two = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
        try await eventually("one reaches two") { try one.namespace.reaches("10.100.0.12") }
        return (overlay, one, two)
    }

    private func startPinging(_ machine: Machine) throws -> Daemon {
        try machine.namespace.start("ping", "ping", "-n", "-q", "-i", "0.02", "-W", "1", "10.100.0.12")
    }

    private func expectNoLoss(_ ping: Daemon) async throws {
        ping.signal(SIGINT)
        try await ping.waitForExit()
        #expect(ping.log.contains(" 0% packet loss"), "\(ping.log)")
    }

    @Test func trafficGoesOnWithoutControllerAndTheControllerWithoutItsCache() async throws {
        try await withLab { lab in
            let (overlay, one, two) = try await pair(lab)
            let ping = try startPinging(one)
            let stateBefore = try overlay.git.atServer("rev-parse", "cvlan-state")
            try await overlay.stopController()
            #expect(try one.namespace.reaches("10.100.0.12"))

            // Agents start without a controller, and the data path is as the last good configuration says.
            try await two.killAgent()
            try two.startAgent()
            try await eventually("two has its address") { try two.addresses.contains("10.100.0.12") }

            try await overlay.startController(withoutCache: true)
            #expect(try overlay.git.atServer("rev-parse", "cvlan-state") == stateBefore)
            try await eventually(
                "both nodes are converged again, on the generation that they had", within: .seconds(40)
            ) {
                let lines = try overlay.cvlan("get", "nodes").output.split(separator: "\n")
                return lines.filter { $0.contains("Converged") }.count == 2
            }
            try await expectNoLoss(ping)
        }
    }

    @Test func agentKilledAtAnyMomentDropsNoPacketAndConverges() async throws {
        try await withLab { lab in
            let (overlay, one, two) = try await pair(lab)
            let ping = try startPinging(one)
            var random = SystemRandomNumberGenerator()
            for round in 0..<12 {
                // A change for the agent to be in the midst of.
                try overlay.git.write([
                    "round.yaml": EndToEndTests.policy(
                        "round",
                        "action: allow, from: [{ any: true }], to: [{ any: true }], ports: [tcp/\(1000 + round)]")
                ])
                try overlay.git.push("round \(round)")
                // Anywhere between the push and the time after convergence.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
                try await one.killAgent()
                try await two.killAgent()
                try one.startAgent()
                try two.startAgent()
            }
            try await eventually("both nodes converge on the last round", within: .seconds(40)) {
                let lines = try overlay.cvlan("get", "nodes").output.split(separator: "\n")
                return lines.filter { $0.contains("Converged") }.count == 2
            }
            #expect(one.dataPath.isRunning && two.dataPath.isRunning)
            try await expectNoLoss(ping)
        }
    }

    @Test func whatIsTakenAwayByHandComesBack() async throws {
        try await withLab { lab in
            let (overlay, one, two) = try await pair(lab)
            let peer = try two.publicKey
            let device = one.interface

            try one.namespace.run("wg", "set", device, "peer", peer, "remove")
            try await eventually("the peer is back") { try one.peers.contains(peer) }
            // The next look that finds no drift takes the line away again.
            try await eventually("the drift is reported") {
                try overlay.cvlan("get", "nodes").output.contains("drift repaired: ")
            }

            try one.namespace.run("ip", "address", "del", "10.100.0.11/24", "dev", device)
            try await eventually("the address is back") { try one.addresses.contains("10.100.0.11") }

            func hasRoute() throws -> Bool {
                try !one.namespace.attempt(
                    arguments: ["ip", "-o", "route", "show", "10.100.0.0/24", "dev", device]
                ).output.isEmpty
            }
            try await eventually("the route is there") { try hasRoute() }
            try one.namespace.run("ip", "route", "del", "10.100.0.0/24", "dev", device)
            try await eventually("the route is back") { try hasRoute() }

            try one.namespace.run("ip", "link", "set", device, "down")
            try await eventually("the device is up") {
                try one.namespace.attempt(arguments: ["ip", "-o", "link", "show", "dev", device, "up"])
                    .output.contains(device)
            }
            try await eventually("one reaches two again") { try one.namespace.reaches("10.100.0.12") }
        }
    }

    @Test func dataPathThatWasRestartedIsFilledAgain() async throws {
        try await withLab { lab in
            let (_, one, _) = try await pair(lab)
            one.dataPath.signal(SIGKILL)
            try await one.dataPath.waitForExit()
            try await one.startDataPath()
            try await eventually("one reaches two again", within: .seconds(30)) {
                try one.namespace.reaches("10.100.0.12")
            }
        }
    }
}

import TestLab
import Testing

/// Real programs in real network namespaces: a commit at one end, packets at the other.
@Suite struct EndToEndTests {
    static let allowPing = policy("ping", "action: allow, from: [{ any: true }], to: [{ any: true }], ports: [icmp]")

    static func policy(_ name: String, _ rule: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: \(name) }
        spec:
          cvlan: office
          rules: [{ name: only, \(rule) }]

        """
    }

    @Test func tokenAndDeclaredKeyBothJoinAndReachEachOtherOnBothFamilies() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, manifests: ["ping.yaml": Self.allowPing])
            let gateway = try await overlay.declared("gw-1", underlayAddress: "192.0.2.11", address: "10.100.0.1")
            let laptop = try await overlay.enrolled("laptop-2", underlayAddress: "192.0.2.12")
            try await eventually("laptop-2 reaches gw-1 by IPv4") { try laptop.namespace.reaches("10.100.0.1") }
            let sixth = try await eventually("gw-1 has an IPv6 address") {
                try gateway.addresses.first { $0.contains(":") }
            }
            try await eventually("laptop-2 reaches gw-1 by IPv6") { try laptop.namespace.reaches(sixth) }
            // The lowest free address, as .1 is declared.
            #expect(try laptop.addresses.contains("10.100.0.2"))
            let log = try overlay.git.atServer("log", "--format=%B", "main")
            #expect(log.contains("Enrollment-Token:"))
            try await eventually("`cvlan get nodes` shows both as converged") {
                let lines = try overlay.cvlan("get", "nodes").output.split(separator: "\n")
                let converged = lines.filter { $0.contains("Converged") }
                return converged.contains { $0.contains("gw-1") } && converged.contains { $0.contains("laptop-2") }
            }
        }
    }

    @Test func commitAddsAndRemovesANodeAndOthersAreNotDisturbed() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, manifests: ["ping.yaml": Self.allowPing])
            let first = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            let second = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
            try await eventually("one reaches two") { try first.namespace.reaches("10.100.0.12") }
            let steady = try first.namespace.start(
                "ping", "ping", "-n", "-q", "-i", "0.05", "-W", "1", "10.100.0.12")

            let third = try await overlay.declared("three", underlayAddress: "192.0.2.13", address: "10.100.0.13")
            try await eventually("one reaches three") { try first.namespace.reaches("10.100.0.13") }
            let key = try third.publicKey
            #expect(try first.peers.contains(key))

            try overlay.git.remove("nodes/three.yaml")
            try overlay.git.push("remove node three")
            try await eventually("three is nobody's peer") {
                try !first.peers.contains(key) && !second.peers.contains(key)
            }
            #expect(try first.isCutOff(from: "10.100.0.13"))

            steady.signal(2)
            try await steady.waitForExit()
            #expect(steady.log.contains(" 0% packet loss"), "\(steady.log)")
        }
    }

    @Test func policyCommitOpensAndClosesAFlow() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, manifests: ["ping.yaml": Self.allowPing])
            let first = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            _ = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
            try await eventually("the flow is open") { try first.namespace.reaches("10.100.0.12") }

            try overlay.git.write([
                "no-ping.yaml": Self.policy(
                    "no-ping", "action: deny, from: [{ node: one }], to: [{ node: two }], ports: [icmp]")
            ])
            try overlay.git.push("close ping")
            try await eventually("the flow is closed") { try first.isCutOff(from: "10.100.0.12") }

            try overlay.git.remove("no-ping.yaml")
            try overlay.git.push("open ping")
            try await eventually("the flow is open again") { try first.namespace.reaches("10.100.0.12") }
        }
    }

    @Test func hubCarriesPacketsBetweenClientsAndPolicyHoldsThere() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, topology: "hub", manifests: ["ping.yaml": Self.allowPing])
            let gateway = try await overlay.declared(
                "gw", underlayAddress: "192.0.2.10", address: "10.100.0.1", role: "gateway")
            let first = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            let second = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
            try await eventually("one reaches two through the hub") { try first.namespace.reaches("10.100.0.12") }
            // Clients know the gateway alone.
            let hub = try gateway.publicKey
            #expect(try first.peers == [hub])
            #expect(try second.peers == [hub])
            // The kernel of the gateway forwards nothing: it was user space that did.
            #expect(try gateway.namespace.run("sysctl", "-n", "net.ipv4.ip_forward").trimmed == "0")

            try overlay.git.write([
                "no-ping.yaml": Self.policy(
                    "no-ping", "action: deny, from: [{ node: one }], to: [{ node: two }], ports: [icmp]")
            ])
            try overlay.git.push("close ping")
            try await eventually("the flow is closed") { try first.isCutOff(from: "10.100.0.12") }
            #expect(try second.namespace.reaches("10.100.0.11"))
        }
    }

    @Test func repositoryBehindSSHIsEnrolledIntoAndItsHookMakesACommitTakeEffect() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, manifests: ["ping.yaml": Self.allowPing], bySSH: true)
            let first = try await overlay.enrolled("one", underlayAddress: "192.0.2.11")
            let second = try await overlay.enrolled("two", underlayAddress: "192.0.2.12")
            let target = try await eventually("two has its address") { try second.addresses.first { $0.contains(".") } }
            // Neither declares an endpoint: hints tell them where the other is.
            try await eventually("one reaches two") { try first.namespace.reaches(target) }
            // Pushed by the controller, over SSH.
            #expect(try overlay.git.atServer("log", "--format=%an", "main").contains("cvlan-controller"))
            #expect(try overlay.git.atServer("log", "--format=%an", "cvlan-state").contains("cvlan-controller"))

            try overlay.git.write([
                "no-ping.yaml": Self.policy(
                    "no-ping", "action: deny, from: [{ node: one }], to: [{ node: two }], ports: [icmp]")
            ])
            try overlay.git.push("close ping")
            try overlay.callHook()
            try await eventually("the flow is closed") { try first.isCutOff(from: target) }
        }
    }

    @Test func badCommitLeavesTheLastGoodStateInForceAndStatusNamesTheLine() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, manifests: ["ping.yaml": Self.allowPing])
            let first = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            _ = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
            try await eventually("the flow is open") { try first.namespace.reaches("10.100.0.12") }

            let broken = Self.allowPing.replacing("[icmp]", with: "[icmp, tcp/99999]")
            try overlay.git.write(["ping.yaml": broken])
            try overlay.git.push("break the policy")
            try await eventually("status names file, line and column") {
                let status = try overlay.cvlan("status")
                return status.output.contains("ping.yaml:6:") && status.output.contains("error[")
            }
            #expect(try first.namespace.reaches("10.100.0.12"))

            try overlay.git.write(["ping.yaml": Self.allowPing])
            try overlay.git.push("mend the policy")
            try await eventually("status is clean again") {
                try !overlay.cvlan("status").output.contains("error[")
            }
        }
    }
}

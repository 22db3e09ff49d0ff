import Glibc
import TestLab
import Testing

/// Who is taken out of git is out of the network, whether or not its machine agrees.
@Suite struct RevocationTests {
    /// One by WireGuard, one by IPsec, and one that both have a tunnel with.
    private func three(_ lab: Lab) async throws -> (overlay: Overlay, one: Machine, two: Machine, gone: Machine) {
        let overlay = try await Overlay(lab, manifests: ["ping.yaml": EndToEndTests.allowPing])
        let one = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
        let two = try await overlay.declared(
            "two", underlayAddress: "192.0.2.12", address: "10.100.0.12", protocol: "ipsec")
        let gone = try await overlay.declared("gone", underlayAddress: "192.0.2.13", address: "10.100.0.13")
        for target in ["10.100.0.12", "10.100.0.13"] {
            try await eventually("one reaches \(target)") { try one.namespace.reaches(target) }
        }
        try await eventually("gone reaches two by IPsec") { try gone.namespace.reaches("10.100.0.12") }
        return (overlay, one, two, gone)
    }

    @Test func aRemovedNodeLosesItsTunnelsAndOthersLoseNothing() async throws {
        try await withLab { lab in
            let (overlay, one, two, gone) = try await three(lab)
            let key = try gone.publicKey
            let steady = try one.namespace.start(
                "ping", "ping", "-n", "-q", "-i", "0.05", "-W", "1", "10.100.0.12")
            // Whoever has taken it over does not let it hear that it is out: its data path stays as it is.
            try await gone.killAgent()

            try overlay.git.remove("nodes/gone.yaml")
            try overlay.git.push("remove node gone")
            try await eventually("nobody has it as a peer", within: .seconds(10)) {
                try !one.peers.contains(key) && !two.showSAs().contains("gone")
            }
            #expect(try gone.isCutOff(from: "10.100.0.11"))
            // Its certificate holds for days yet; it begins anew by it, and is turned away.
            #expect(try gone.isCutOff(from: "10.100.0.12"))
            try await eventually("it knows that its SAs are gone") {
                try gone.showSAs().contains("AUTHENTICATION_FAILED")
            }

            // It is told why.
            try gone.startAgent()
            try await eventually("it is told") { gone.agent?.log.contains("node-removed") ?? false }
            let again = try gone.attempt(
                "enroll",
                [
                    "--controller", Overlay.controllerURL, "--root", overlay.rootPin, "--tenant", "acme", "--node",
                    "gone",
                ])
            #expect(!again.succeeded)
            #expect(again.errors.contains("wrong-proof"))

            steady.signal(SIGINT)
            try await steady.waitForExit()
            #expect(steady.log.contains(" 0% packet loss"), "\(steady.log)")
        }
    }

    /// The name goes to another machine; the first one has a certificate of that name, which holds for days yet.
    @Test func aNodeWithANewKeyIsTheNewMachineAlone() async throws {
        try await withLab { lab in
            let (overlay, one, two, gone) = try await three(lab)
            let key = try gone.publicKey
            let steady = try one.namespace.start(
                "ping", "ping", "-n", "-q", "-i", "0.05", "-W", "1", "10.100.0.12")
            try await gone.killAgent()

            let successor = try await overlay.declared(
                "gone", underlayAddress: "192.0.2.14", address: "10.100.0.13", machine: "successor")
            try await eventually("the old key is nobody's peer") { try !one.peers.contains(key) }
            try await eventually("the new machine reaches both") {
                try successor.namespace.reaches("10.100.0.11") && successor.namespace.reaches("10.100.0.12")
            }
            #expect(try gone.isCutOff(from: "10.100.0.11"))
            #expect(try gone.isCutOff(from: "10.100.0.12"))
            #expect(try two.namespace.reaches("10.100.0.13"))

            try gone.startAgent()
            try await eventually("the old machine is told") { gone.agent?.log.contains("key-replaced") ?? false }
            #expect(try successor.namespace.reaches("10.100.0.12"))

            steady.signal(SIGINT)
            try await steady.waitForExit()
            #expect(steady.log.contains(" 0% packet loss"), "\(steady.log)")
        }
    }
}

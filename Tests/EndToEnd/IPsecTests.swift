import TestLab
import Testing

/// The same network by IPsec: what a commit says, agents and the data path carry out.
@Suite struct IPsecTests {
    @Test func aNetworkByIPsecCarriesPacketsAndNoPeerIsLeftToWireGuard() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(
                lab, linkProtocol: "ipsec", manifests: ["ping.yaml": EndToEndTests.allowPing])
            let first = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            let second = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
            try await eventually("one reaches two") { try first.namespace.reaches("10.100.0.12") }
            let sixth = try #require(try second.addresses.first { $0.contains(":") })
            try await eventually("one reaches two by IPv6") { try first.namespace.reaches(sixth) }
            #expect(try first.peers.isEmpty && second.peers.isEmpty)
            // Agents leave alone what is as it should be, and report so.
            try await eventually("both are converged") {
                let lines = try overlay.cvlan("get", "nodes").output.split(separator: "\n")
                return lines.count { $0.contains("Converged") } == 2
            }
        }
    }

    @Test func aHubByIPsecCarriesPacketsBetweenClients() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(
                lab, topology: "hub", linkProtocol: "ipsec", manifests: ["ping.yaml": EndToEndTests.allowPing])
            let gateway = try await overlay.declared(
                "gw", underlayAddress: "192.0.2.10", address: "10.100.0.1", role: "gateway")
            let first = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            _ = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
            try await eventually("one reaches the hub") { try first.namespace.reaches("10.100.0.1") }
            try await eventually("one reaches two through the hub") { try first.namespace.reaches("10.100.0.12") }
            #expect(try gateway.peers.isEmpty)
        }
    }

    @Test func theDemandOfOneNodeMakesItsLinksIPsecAndNoOthers() async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, manifests: ["ping.yaml": EndToEndTests.allowPing])
            let first = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            let second = try await overlay.declared("two", underlayAddress: "192.0.2.12", address: "10.100.0.12")
            let third = try await overlay.declared("three", underlayAddress: "192.0.2.13", address: "10.100.0.13")
            try await eventually("all reach each other") {
                try first.namespace.reaches("10.100.0.12") && third.namespace.reaches("10.100.0.12")
                    && first.namespace.reaches("10.100.0.13")
            }
            let key = try third.publicKey
            #expect(try first.peers.contains(key))

            try overlay.git.write([
                "nodes/three.yaml": """
                apiVersion: cvlan.io/v1
                kind: Node
                metadata: { tenant: acme, name: three }
                spec:
                  networks: [{ cvlan: office, addresses: [10.100.0.13] }]
                  wireguard: { publicKey: "\(key)" }
                  endpoints: ["192.0.2.13:51820"]
                  protocol: ipsec

                """
            ])
            try overlay.git.push("three demands ipsec")
            try await eventually("nobody has three as a peer by WireGuard") {
                try !first.peers.contains(key) && !second.peers.contains(key) && third.peers.isEmpty
            }
            try await eventually("three is reached by IPsec") {
                try first.namespace.reaches("10.100.0.13") && third.namespace.reaches("10.100.0.12")
            }
            #expect(try first.namespace.reaches("10.100.0.12"))
        }
    }
}

import TestLab
import TestTunnels
import Testing

/// Machines with several addresses: answers come from the one that was asked, for as long as it is there. The other
/// side may be any implementation: these are about what `cvland` sends.
@Suite(.serialized) struct SourceAddressTests {
    @Test(arguments: Implementation.present, Underlay.allCases)
    func everyPacketLeavesFromTheAddressItsPeerUses(_ other: Implementation, over underlay: Underlay) async throws {
        try await withLab { lab in
            // The first address is what the kernel would choose.
            let pair = try await Pair(
                lab, Pairing(initiator: other, responder: .cvland), over: underlay,
                rightAddresses: [underlay.right, underlay.rightOther], endpoint: underlay.rightOther)
            try pair.preferFirstAddress()
            // Whatever UDP leaves the right one from another address than was asked.
            let wrong = try pair.left.namespace.start(
                "tcpdump", "tcpdump", "-n", "-l", "-i", pair.leftCable, "--immediate-mode",
                "udp port 51820 and dst host \(underlay.left) and not src host \(underlay.rightOther)")
            try await eventually("tcpdump listens") { wrong.log.contains("listening on") }
            try await pair.expectTraffic()
            // Many packets at once, so that they come and go in batches.
            let server = try pair.right.namespace.start("iperf3", "iperf3", "-s", "-1", "-B", "10.0.0.2")
            try await eventually("iperf3 listens") {
                try pair.right.namespace.run("ss", "-Hltn", "sport = :5201").contains("5201")
            }
            try pair.left.namespace.run(
                "iperf3", "-c", "10.0.0.2", "-n", "16M", "--reverse", "-P", "4", timeout: .seconds(60))
            try await server.waitForExit()
            #expect(try pair.left.endpoint(of: pair.right) == underlay.endpoint(underlay.rightOther))
            try await wrong.stop()
            #expect(wrong.log.contains("\n0 packets captured"), "\(wrong.log)")
        }
    }

    @Test(arguments: Implementation.present, Underlay.allCases)
    func aSourceAddressThatIsGoneIsForgotten(_ other: Implementation, over underlay: Underlay) async throws {
        try await withLab { lab in
            let pair = try await Pair(
                lab, Pairing(initiator: other, responder: .cvland), over: underlay,
                rightAddresses: [underlay.right, underlay.rightOther], endpoint: underlay.rightOther)
            try pair.preferFirstAddress()
            try await pair.expectTraffic()
            #expect(try pair.left.endpoint(of: pair.right) == underlay.endpoint(underlay.rightOther))
            // While packets go from right to left, the address they leave from is taken away.
            let stream = try pair.right.namespace.start("ping", "ping", "-n", "-q", "-i", "0.01", "10.0.0.1")
            let before = try pair.right.received(from: pair.left)
            try await eventually("packets flow") { try pair.right.received(from: pair.left) > before + 1000 }
            try pair.right.namespace.run(
                "ip", "address", "delete", underlay.withLength(underlay.rightOther), "dev", pair.rightCable)
            try await eventually("packets flow from the address that is left", within: .seconds(5)) {
                try pair.left.endpoint(of: pair.right) == underlay.endpoint(underlay.right)
            }
            try await pair.expectTraffic()
            #expect(stream.isRunning)
        }
    }

    /// The initiator's own cached source goes while it has no answer to learn from.
    @Test(arguments: Underlay.allCases)
    func anInitiatorGoesOnFromAnotherAddress(over underlay: Underlay) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: .cvland, responder: .wireguardGo), over: underlay)
            try await pair.expectTraffic()
            let space = pair.left.namespace
            try space.run("ip", "address", "delete", underlay.withLength(underlay.left), "dev", pair.leftCable)
            try #expect(!space.reaches("10.0.0.2"))
            try space.configure(pair.leftCable, [underlay.withLength(underlay.leftOther)])
            try await pair.expectTraffic()
            #expect(try pair.right.endpoint(of: pair.left) == underlay.endpoint(underlay.leftOther))
        }
    }
}

extension Pair {
    /// Makes the kernel choose the right one's first address for the way to the left one (for IPv6 it would be by chance).
    func preferFirstAddress() throws {
        try right.namespace.run(
            "ip", "route", "replace", underlay.left + "/\(underlay == .v4 ? 32 : 128)", "dev", rightCable, "src",
            underlay.right)
    }
}

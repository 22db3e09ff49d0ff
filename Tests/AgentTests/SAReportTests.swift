import Addressing
import Agent
import Foundation
import Testing
import WireFormat

/// What `show sas` makes of the data path's state.
@Suite struct SAReportTests {
    private static func child(_ inbound: UInt32, sending: Bool = true) -> WireChildSAState {
        var child = WireChildSAState()
        (child.inboundSpi, child.outboundSpi) = (inbound, 0xBAD_CAFE)
        child.suite = "AES_256_GCM_16/ESN"
        child.localSelectors = ["10.1.0.0/16"]
        child.remoteSelectors = ["10.2.0.0/16", "10.3.0.0/16[6/443]"]
        (child.ageSeconds, child.rekeyInSeconds) = (723, 2_462)
        (child.receivedPackets, child.receivedBytes) = (1_234, 1_237_320)
        (child.sentPackets, child.sentBytes) = (12, 900)
        child.sending = sending
        return child
    }

    private static func sa(_ identity: String, _ endpoint: String) -> WireIKESAState {
        var sa = WireIKESAState()
        (sa.remoteIdentity, sa.remoteEndpoint) = (identity, endpoint)
        sa.localIdentity = "gw-1.acme.example"
        (sa.initiatorSpi, sa.responderSpi) = (0x12_3456_789A_BCDE, .max)
        sa.suite = "AES_256_GCM_16/PRF_HMAC_SHA2_384/CURVE25519"
        (sa.ageSeconds, sa.rekeyInSeconds) = (4_320, 9_000)
        sa.children = [child(0xC0FF_EE01)]
        return sa
    }

    private static func peer(_ name: String, _ edit: (inout WireIPsecPeerState) -> Void) -> WireIPsecPeerState {
        var peer = WireIPsecPeerState()
        peer.spec.name = name
        peer.spec.localIdentity = "gw-1.acme.example"
        edit(&peer)
        return peer
    }

    /// A machine with one of everything.
    static var state: WireDataPathState {
        var office = WireInterfaceState()
        (office.spec.name, office.spec.domain) = ("cv-office", "acme/office")
        office.ipsecPeers = [
            peer("roadwarriors") {
                $0.spec.start = .answer
                $0.spec.remoteIdentities = ["*.acme.example"]
                $0.ikeSas = (0..<2).map { number in
                    var sa = sa("phone-\(number).acme.example", "198.51.100.\(number):61000")
                    sa.peerBehindNat = true
                    sa.children[0].sending = number == 0
                    return sa
                }
                $0.ikeSas[1].children.append(child(0x0000_0100))
                $0.ikeSas[1].children[0].rekeyInSeconds = 0
            },
            peer("branch") {
                $0.spec.profile = "cnsa"
                $0.spec.start = .atOnce
                $0.spec.endpoints = ["192.0.2.2:500", "[2001:db8::2]:500"]
                $0.spec.remoteIdentities = ["branch.example"]
                ($0.lastFailure, $0.lastFailureAgeSeconds, $0.retryInSeconds) = ("no answer to IKE_SA_INIT", 3, 12)
            },
            peer("childless") {
                $0.ikeSas = [sa("other.example", "192.0.2.9:4500")]
                $0.ikeSas[0].children = []
                ($0.ikeSas[0].behindNat, $0.ikeSas[0].initiator) = (true, true)
                $0.ikeSas[0].assignedAddresses = [IPPrefix("10.9.0.5/32")].compactMap { $0.map { WirePrefix($0) } }
                ($0.lastFailure, $0.lastFailureAgeSeconds) = ("no traffic selectors in common", 90_061)
            },
        ]
        var lab = WireInterfaceState()
        lab.spec.name = "cv-lab"
        lab.ipsecPeers = [
            peer("a") { ($0.spec.start, $0.spec.endpoints) = (.onDemand, ["192.0.2.3:4500"]) },
            peer("b") { $0.spec.start = .onDemand },
            peer("c") { ($0.spec.start, $0.spec.endpoints, $0.connecting) = (.atOnce, ["192.0.2.4:4500"], true) },
        ]
        var state = WireDataPathState()
        state.interfaces = [office, lab, WireInterfaceState()]
        return state
    }

    @Test(arguments: ["txt", "json"]) func aMachineIsShownAsItWas(format: String) throws {
        let report = SAReport(Self.state)
        let shown = format == "txt" ? report.text : try report.json + "\n"
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/sas.\(format)")
        if ProcessInfo.processInfo.environment["CVLAN_WRITE_GOLDEN"] != nil {
            try shown.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try shown == String(contentsOf: file, encoding: .utf8))
    }

    @Test(arguments: [
        ("roadwarriors", 2), ("phone-1.acme.example", 1), ("198.51.100.1", 1), ("198.51.100.1:61000", 1),
        ("10.9.0.5", 1), ("branch", 0),
    ])
    func onePeerIsFoundByWhatIsKnownOfIt(_ subject: String, _ count: Int) throws {
        let report = SAReport(Self.state, about: subject)
        #expect(report.peers.count == 1)
        #expect(report.peers.first?.ikeSAs.count == count)
    }

    @Test func whoIsNotThereIsNotFound() {
        for subject in ["", "phone", "198.51.100.7", "cv-office"] {
            #expect(SAReport(Self.state, about: subject).peers.isEmpty)
        }
        #expect(SAReport(WireDataPathState()).text == "no peers by IPsec\n")
    }

    /// Who fails to prove who he is names himself as he likes, and the name is told.
    @Test func whatAPeerSaysDoesNotSteerTheTerminal() {
        var state = WireDataPathState()
        state.interfaces = [WireInterfaceState()]
        state.interfaces[0].ipsecPeers = [
            Self.peer("x") { $0.lastFailure = "no connection is for \u{1B}[2Jroot\nforged line\u{202E}" }
        ]
        let text = SAReport(state).text
        #expect(text.contains("no connection is for \u{FFFD}[2Jroot\u{FFFD}forged line\u{FFFD}, 0s ago\n"))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    }

    @Test func amountsAreShownAsFullUnits() {
        let sizes: [(UInt64, String)] = [
            (1_023, "1023 B"), (1_024, "1.00 KiB"), (1_048_575, "1023.99 KiB"), (1_048_576, "1.00 MiB"),
            (.max, "15.99 EiB"),
        ]
        for (bytes, text) in sizes {
            var state = WireDataPathState()
            state.interfaces = [WireInterfaceState()]
            state.interfaces[0].ipsecPeers = [
                Self.peer("x") {
                    $0.ikeSas = [Self.sa("other", "192.0.2.9:4500")]
                    $0.ikeSas[0].children[0].sentBytes = bytes
                }
            ]
            #expect(SAReport(state).text.contains("sent \(text) in 12 packets"))
        }
    }
}

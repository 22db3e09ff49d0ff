import Addressing
import DataPath
import OpenSSL
import PacketIO
import Testing
import WireGuard

/// Conversations as `wg` has them, with an interface that a socket pair stands for.
@Suite struct UAPIConnectionTests {
    private let standIn: StandIn
    private let connection: UAPIConnection
    private static let alice = String(repeating: "01", count: 32)
    private static let bob = String(repeating: "02", count: 32)

    init() throws {
        standIn = try StandIn(id: 1, worker: try Worker(number: 0))
        connection = UAPIConnection(standIn.interface)
    }

    private func say(_ text: String) -> String {
        var out = OutgoingBytes()
        try? connection.receive(Array(text.utf8), out: &out)
        return Self.parts(&out).joined()
    }

    /// What is written, as it is made.
    private static func parts(_ out: inout OutgoingBytes) -> [String] {
        var parts: [String] = []
        while case let next = out.next(), !next.isEmpty {
            parts.append(String(decoding: next, as: UTF8.self))
            out.drop(next.count)
        }
        return parts
    }

    private func lines(_ key: String) -> [String] {
        say("get=1\n\n").split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map {
            String($0.dropFirst(key.count + 1))
        }
    }

    @Test func whatIsSetIsWhatIsGot() throws {
        let reply = say(
            """
            set=1
            public_key=\(Self.alice)
            preshared_key=\(Self.bob)
            endpoint=192.0.2.1:1234
            persistent_keepalive_interval=0
            allowed_ip=10.1.0.0/16
            allowed_ip=fd00::/64


            """)
        #expect(reply == "errno=0\n\n")
        let state = say("get=1\n\n")
        #expect(state.hasPrefix("private_key="))
        #expect(state.hasSuffix("\nerrno=0\n\n"))
        #expect(state.contains("listen_port=\(try standIn.port)\n"))
        #expect(
            state.contains(
                """
                public_key=\(Self.alice)
                preshared_key=\(Self.bob)
                protocol_version=1
                endpoint=192.0.2.1:1234
                last_handshake_time_sec=0
                last_handshake_time_nsec=0
                tx_bytes=0
                rx_bytes=0
                persistent_keepalive_interval=0

                """))
        #expect(Set(lines("allowed_ip")) == ["10.1.0.0/16", "fd00::/64"])
    }

    @Test func peersAreReplacedRemovedAndUpdatedAsAsked() {
        _ = say("set=1\npublic_key=\(Self.alice)\nallowed_ip=10.0.0.1/32\npublic_key=\(Self.bob)\n\n")
        #expect(lines("public_key").count == 2)
        _ = say("set=1\npublic_key=\(Self.bob)\nremove=true\nallowed_ip=10.0.0.9/32\n\n")
        #expect(lines("public_key") == [Self.alice])
        _ = say("set=1\npublic_key=\(Self.bob)\nupdate_only=true\nallowed_ip=10.0.0.9/32\n\n")
        #expect(lines("public_key") == [Self.alice])
        _ = say("set=1\npublic_key=\(Self.alice)\nallowed_ip=-10.0.0.1/32\nallowed_ip=10.0.0.2/32\n\n")
        #expect(lines("allowed_ip") == ["10.0.0.2/32"])
        _ = say("set=1\npublic_key=\(Self.alice)\nreplace_allowed_ips=true\n\n")
        #expect(lines("allowed_ip") == [])
        _ = say("set=1\nreplace_peers=true\npublic_key=\(Self.bob)\n\n")
        #expect(lines("public_key") == [Self.bob])
    }

    @Test func anAllowedIPMovesToThePeerThatNamesItLast() {
        _ = say(
            "set=1\npublic_key=\(Self.alice)\nallowed_ip=10.0.0.1/32\npublic_key=\(Self.bob)\nallowed_ip=10.0.0.1/32\n\n"
        )
        #expect(lines("allowed_ip").count == 1)
        #expect(say("get=1\n\n").contains("persistent_keepalive_interval=0\nallowed_ip=10.0.0.1/32"))
    }

    @Test func theInterfacesOwnKeyMakesNoPeer() {
        let own = standIn.publicKey.description
        #expect(say("set=1\npublic_key=\(own)\nallowed_ip=10.0.0.1/32\n\n") == "errno=0\n\n")
        #expect(lines("public_key") == [])
    }

    @Test func portsChangeAndATakenOneIsRefused() throws {
        let before = try standIn.port
        #expect(say("set=1\nlisten_port=0\n\n") == "errno=0\n\n")
        let after = try standIn.port
        #expect(after != 0 && after != before)
        let taken = try UDPSockets(port: 0)
        #expect(say("set=1\nlisten_port=\(taken.port)\n\n") == "errno=-98\n\n")
        #expect(try standIn.port == after)
    }

    @Test func errorsAreToldAndEndTheConnection() {
        var out = OutgoingBytes()
        #expect(throws: UAPIError.self) { try connection.receive(Array("set=1\nfoo=bar\n".utf8), out: &out) }
        #expect(Self.parts(&out) == ["errno=-22\n\n"])
    }

    /// A report is made as it is read: its memory does not grow with the number of peers.
    @Test func aReportOfManyPeersComesInParts() throws {
        func key(_ number: Int) -> String { "01" + String(repeating: "0", count: 54) + "\(10_000_000 + number)" }
        var text = "set=1\n"
        for number in 0..<5_000 {
            text += "public_key=\(key(number))\nallowed_ip=10.0.\(number >> 8).\(number & 255)/32\n"
        }
        #expect(say(text + "\n") == "errno=0\n\n")
        var out = OutgoingBytes()
        try connection.receive(Array("get=1\n\nget=1\n\n".utf8), out: &out)
        let first = out.next()
        #expect(first.count < 300_000)
        // A peer that goes meanwhile is not told of; the others are, each once.
        _ = say("set=1\npublic_key=\(key(4_000))\nremove=true\n\n")
        let reports = Self.parts(&out).joined().split(separator: "errno=0\n\n", omittingEmptySubsequences: false)
        #expect(reports.count == 3 && reports[2].isEmpty)
        for report in reports.prefix(2) {
            #expect(report.hasPrefix("private_key="))
            let keys = report.split(separator: "\n").filter { $0.hasPrefix("public_key=") }
            #expect(keys.count == 4_999)
            #expect(Set(keys).count == 4_999)
        }
    }

    @Test func aRequestMayBeOfAnySize() {
        var text = "set=1\npublic_key=\(Self.alice)\n"
        for index in 0..<20_000 { text += "allowed_ip=10.\(index >> 8 & 255).\(index & 255).0/24\n" }
        #expect(say(text + "\n") == "errno=0\n\n")
        #expect(lines("allowed_ip").count == 20_000)
    }
}

import Addressing
import DataPath
import OpenSSL
import Testing
import WireGuard

@Suite struct UAPIParserTests {
    private static let key = String(repeating: "a1", count: 32)

    private func parse(_ text: String, step: Int = .max) -> (events: [UAPIParser.Event], error: UAPIError?) {
        var parser = UAPIParser()
        var events: [UAPIParser.Event] = []
        var rest = Array(text.utf8)[...]
        do throws(UAPIError) {
            while !rest.isEmpty {
                try parser.feed(rest.prefix(step), into: &events)
                rest = rest.dropFirst(step)
            }
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    /// What `wg setconf` sends.
    private static let conversation = """
        set=1
        private_key=\(key)
        listen_port=51820
        fwmark=0
        replace_peers=true
        public_key=\(key)
        preshared_key=\(String(repeating: "0", count: 64))
        endpoint=[2001:db8::1]:51820
        persistent_keepalive_interval=25
        replace_allowed_ips=true
        allowed_ip=10.1.2.3/24
        allowed_ip=fd00::1/64
        allowed_ip=-10.9.0.0/16
        protocol_version=1


        """

    private func expected() throws -> [UAPIParser.Event] {
        let bytes = Array(repeating: UInt8(0xA1), count: 32)
        let operations: [UAPIOperation] = [
            .privateKey(SecretKey(copying: bytes)), .listenPort(51_820), .mark(0), .replacePeers,
            .peer(try #require(PublicKey(bytes))), .presharedKey(nil),
            .endpoint(try #require(Endpoint("[2001:db8::1]:51820"))), .persistentKeepalive(25), .replaceAllowedIPs,
            .addAllowedIP(try #require(IPPrefix("10.1.2.0/24"))), .addAllowedIP(try #require(IPPrefix("fd00::/64"))),
            .removeAllowedIP(try #require(IPPrefix("10.9.0.0/16"))),
        ]
        return operations.map { .operation($0) } + [.endOfSet]
    }

    @Test(arguments: [1, 2, 7, 64, 10_000]) func piecesOfAnySizeMeanTheSame(step: Int) throws {
        let (events, error) = parse(Self.conversation, step: step)
        #expect(error == nil)
        #expect(events == (try expected()))
    }

    @Test func requestsFollowEachOther() {
        #expect(parse("get=1\n\nset=1\n\nget=1\n\n").events == [.get, .endOfSet, .get])
    }

    @Test(arguments: [
        "set=2\n", "get=1\nfoo=1\n", "hello\n", "set=1\nfoo=bar\n", "set=1\nlisten_port=65536\n",
        "set=1\nlisten_port=-1\n", "set=1\nlisten_port=\n", "set=1\nlisten_port=0x10\n", "set=1\nprivate_key=abc\n",
        "set=1\nprivate_key=\(String(repeating: "g", count: 64))\n", "set=1\nallowed_ip=10.0.0.0/8\n",
        "set=1\nreplace_peers=false\n", "set=1\nremove=true\n", "set=1\nfwmark=4294967296\n",
        "set=1\npublic_key=\(key)\nlisten_port=1\n", "set=1\npublic_key=\(key)\nallowed_ip=10.0.0.0/33\n",
        "set=1\npublic_key=\(key)\nallowed_ip=10.0.0.256/32\n", "set=1\npublic_key=\(key)\nallowed_ip=10.0.0/24\n",
        "set=1\npublic_key=\(key)\nallowed_ip=10.0.0.01/32\n", "set=1\npublic_key=\(key)\nallowed_ip=10.0.0.0\n",
        "set=1\npublic_key=\(key)\nallowed_ip=--10.0.0.0/8\n", "set=1\npublic_key=\(key)\nendpoint=example.org:1\n",
        "set=1\npublic_key=\(key)\nendpoint=[fe80::1%no such]:1\n", "set=1\npublic_key=\(key)\nprotocol_version=2\n",
        "set=1\npublic_key=\(key)\npersistent_keepalive_interval=70000\n", "set=1\n=\n", "set=1\nlisten_port\n",
    ])
    func whatIsNotOfTheProtocolIsRefused(text: String) {
        #expect(parse(text).error != nil)
    }

    @Test func aLineWithoutEndIsRefusedBeforeItFillsMemory() {
        #expect(parse("set=1\nprivate_key=" + String(repeating: "a", count: 100_000), step: 100).error != nil)
    }

    @Test func afterAnErrorNothingIsTakenAnyMore() {
        var parser = UAPIParser()
        var events: [UAPIParser.Event] = []
        #expect(throws: UAPIError.self) { try parser.feed("nonsense\n".utf8, into: &events) }
        #expect(throws: UAPIError.self) { try parser.feed("get=1\n\n".utf8, into: &events) }
        #expect(events.isEmpty)
    }

    @Test func errorsDoNotTellSecrets() {
        let secret = String(repeating: "z", count: 64)
        #expect(parse("set=1\nprivate_key=\(secret)\n").error?.description.contains("zzz") == false)
    }
}

import PacketIO
import TestLab
import TestTunnels
import Testing

@Suite(.serialized) struct ConfigurationTests {
    /// What `wg showconf` prints, put in by `wg setconf`, is what it prints again; and as wireguard-go prints it.
    @Test func configurationsComeBackAsTheyWerePut() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let mine = try await Tunnel(.cvland, in: space, "m", lab)
            let theirs = try await Tunnel(.wireguardGo, in: space, "t", lab)
            var peer = PeerSection(
                theirs, ["10.0.0.0/8", "192.168.0.1/32", "fd00::/16", "::/0"], endpoint: "192.0.2.9:1234", keepalive: 25
            )
            peer.presharedKey = try lab.presharedKey()
            var other = PeerSection(mine, ["0.0.0.0/0"], endpoint: "[2001:db8::7]:65535")
            other.publicKey = try KeyPair(lab).publicKey
            let text = mine.configuration(port: 41000, mark: 0x55, [peer, other])
            for tunnel in [mine, theirs] {
                try tunnel.wg("setconf", text)
                // One port cannot be bound twice.
                try tunnel.namespace.run("wg", "set", tunnel.interface, "listen-port", "0")
            }
            #expect(try sections(mine) == sections(theirs))
            #expect(try sections(mine).count == 3)
            let before = try sections(mine)
            try mine.wg("setconf", space.run("wg", "showconf", mine.interface))
            #expect(try sections(mine) == before)
        }
    }

    /// What `wg showconf` prints, in an order that does not depend on the implementation's; without the port, which is
    /// there only while one is bound.
    private func sections(_ tunnel: Tunnel) throws -> [[String]] {
        let text = try tunnel.namespace.run("wg", "showconf", tunnel.interface)
        let sections = text.split(separator: "\n[").map { section in
            section.split(separator: "\n").filter { !$0.hasPrefix("ListenPort") }.map { line in
                guard line.hasPrefix("AllowedIPs = ") else { return String(line) }
                return line.dropFirst(13).split(separator: ", ").sorted().joined(separator: ", ")
            }
        }
        return sections.sorted { $0.joined() < $1.joined() }
    }

    /// `syncconf` with what is there already disturbs nobody, and with less takes away what is missing.
    @Test func syncconfKeepsWhatStays() async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: .cvland, responder: .wireguardGo))
            try await pair.expectTraffic()
            let handshake = try pair.left.lastHandshake(with: pair.right)
            var extra = PeerSection(pair.right, ["10.9.0.0/16"])
            extra.publicKey = try KeyPair(lab).publicKey
            let kept = PeerSection(
                pair.right, ["10.0.0.2/32", "fd00::2/128"], endpoint: pair.underlay.endpoint(pair.underlay.right))
            try pair.left.wg("syncconf", pair.left.configuration(port: 51820, [kept, extra]))
            #expect(try pair.left.show("allowed-ips").count == 2)
            try pair.left.wg("syncconf", pair.left.configuration(port: 51820, [kept]))
            #expect(try Array(pair.left.show("allowed-ips").keys) == [pair.right.keys.publicKey])
            try await pair.expectTraffic()
            #expect(try pair.left.lastHandshake(with: pair.right) == handshake)
        }
    }

    /// An allowed IP belongs to one peer: giving it to another takes it from the first.
    @Test func anAllowedIPMovesToThePeerThatGotItLast() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let tunnel = try await Tunnel(.cvland, in: space, "m", lab)
            let (first, second) = try (KeyPair(lab).publicKey, KeyPair(lab).publicKey)
            for key in [first, second] {
                try space.run("wg", "set", tunnel.interface, "peer", key, "allowed-ips", "10.0.0.0/8")
            }
            #expect(try tunnel.show("allowed-ips") == [first: ["(none)"], second: ["10.0.0.0/8"]])
            try space.run("wg", "set", tunnel.interface, "peer", second, "remove")
            #expect(try tunnel.show("allowed-ips") == [first: ["(none)"]])
        }
    }

    @Test func nonsenseIsRefusedAndChangesNothing() async throws {
        try await withLab { lab in
            let space = try lab.namespace("one")
            let tunnel = try await Tunnel(.cvland, in: space, "m", lab)
            try tunnel.configure(port: 0, [])
            let before = try space.run("wg", "showconf", tunnel.interface)
            for request in [
                "set=1\nfrobnicate=1\n\n", "set=1\nprivate_key=abc\n\n", "set=1\nlisten_port=70000\n\n",
                "set=1\npublic_key=00\n\n", "set=1\nallowed_ip=10.0.0.0/8\n\n", "unset=1\n\n",
            ] {
                let answer = try await ask(tunnel.socketPath, request)
                #expect(answer.contains("errno=") && !answer.contains("errno=0"), "\(request): \(answer)")
            }
            #expect(try space.run("wg", "showconf", tunnel.interface) == before)
        }
    }

    @Test func oneSetTakes130000AllowedIPs() async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: .cvland, responder: .wireguardGo))
            try await pair.expectTraffic()
            let many = (0..<130_000).map { "100.\(64 + $0 >> 16).\($0 >> 8 & 255).\($0 & 255)/32" }
            let peer = PeerSection(
                pair.right, many + ["10.0.0.2/32", "fd00::2/128"],
                endpoint: pair.underlay.endpoint(pair.underlay.right))
            let start = ContinuousClock.now
            try pair.left.wg("setconf", pair.left.configuration(port: 51820, [peer]), timeout: .seconds(60))
            let spent = ContinuousClock.now - start
            #expect(spent < .seconds(20))
            let listed = try #require(try pair.left.show("allowed-ips")[pair.right.keys.publicKey]?.first)
            #expect(listed.split(separator: " ").count == 130_002)
            try await pair.expectTraffic()
            // One of them is really used.
            try pair.right.namespace.run("ip", "address", "add", "100.65.3.4/32", "dev", pair.right.interface)
            try pair.left.namespace.run("ip", "route", "add", "100.64.0.0/10", "dev", pair.left.interface)
            try await eventually("the last of many passes") { try pair.left.namespace.reaches("100.65.3.4") }
        }
    }
}

/// Sends a request over a control socket and returns the answer, which ends with an empty line.
private func ask(_ path: String, _ request: String) async throws -> String {
    let stream = try UnixStream.connect(path: path)
    #expect(try stream.write(Array(request.utf8)[...]) == request.utf8.count)
    var answer: [UInt8] = []
    try await eventually("an answer to \(request)") {
        if try stream.read(into: &answer) == .end { return true }
        return answer.suffix(2) == [10, 10]
    }
    return String(decoding: answer, as: UTF8.self)
}

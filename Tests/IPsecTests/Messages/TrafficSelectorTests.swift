import Addressing
import IPsec
import TestRandom
import Testing

@Suite("Traffic selectors")
struct TrafficSelectorTests {
    /// A packet as selectors see it; `port` is `nil` in a fragment that is not the first.
    private struct Packet {
        let address: IPAddress
        let proto: UInt8
        let port: UInt16?
    }

    /// Slow and obvious.
    private func selects(_ selector: TrafficSelector, _ packet: Packet) -> Bool {
        guard packet.address.family == selector.first.family else { return false }
        guard selector.first.value <= packet.address.value, packet.address.value <= selector.last.value else {
            return false
        }
        guard selector.proto == 0 || selector.proto == packet.proto else { return false }
        if selector.ports == .any { return true }
        guard let port = packet.port else { return selector.ports == .opaque }
        return selector.ports.first <= port && port <= selector.ports.last
    }

    /// Few addresses, protocols and ports, at both ends of what there is, so that ranges meet in every way.
    private static let addresses: [IPAddress] =
        [0, 1, 2, 3, 4, UInt32.max - 1, .max].map { IPAddress(v4: $0) }
        + [0, 1, 2, UInt128.max].map { IPAddress(v6: $0) }
    private static let ports: [UInt16] = [0, 1, 2, 3, 65534, 65535]

    private func packets() -> [Packet] {
        Self.addresses.flatMap { address in
            ([6, 17] as [UInt8]).flatMap { proto in
                (Self.ports.map { Optional($0) } + [nil]).map { Packet(address: address, proto: proto, port: $0) }
            }
        }
    }

    private func selector(_ random: inout SeededRandom) -> TrafficSelector {
        while true {
            let first = Self.addresses.randomElement(using: &random) ?? IPAddress(v4: 0)
            let last = Self.addresses.randomElement(using: &random) ?? IPAddress(v4: 0)
            var ports = TrafficSelector.Ports.any
            if random.chance(1, in: 2) {
                let a = Self.ports.randomElement(using: &random) ?? 0
                let b = Self.ports.randomElement(using: &random) ?? 0
                ports = random.chance(1, in: 4) ? .opaque : TrafficSelector.Ports(first: min(a, b), last: max(a, b))
            }
            let proto = ([0, 0, 6, 17] as [UInt8]).randomElement(using: &random) ?? 0
            if let selector = TrafficSelector(first, last, proto: proto, ports: ports) { return selector }
        }
    }

    @Test("the intersection selects what both do", arguments: 0..<20 as Range<UInt64>)
    func intersection(_ seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<100 {
            let (a, b) = (selector(&random), selector(&random))
            let common = a.intersection(b)
            for packet in packets() {
                let isSelected = common.map { selects($0, packet) } ?? false
                #expect(isSelected == (selects(a, packet) && selects(b, packet)), "\(a) and \(b)")
            }
            if let common { #expect(a.contains(common) && b.contains(common)) }
            if a.contains(b) { #expect(common == b || common.map { b.contains($0) && $0.contains(b) } == true) }
        }
    }

    @Test("what is narrowed selects what was asked for and is allowed", arguments: 0..<20 as Range<UInt64>)
    func narrowing(_ seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<20 {
            let asked = (0..<Int.random(in: 0...4, using: &random)).map { _ in selector(&random) }
            let policy = (0..<Int.random(in: 0...4, using: &random)).map { _ in selector(&random) }
            let narrowed = asked.narrowed(to: policy)
            #expect(narrowed.isEmpty || narrowed.isNarrowing(of: asked) && narrowed.isNarrowing(of: policy))
            for packet in packets() {
                #expect(
                    narrowed.contains { selects($0, packet) }
                        == (asked.contains { selects($0, packet) } && policy.contains { selects($0, packet) }))
            }
            for (index, one) in narrowed.enumerated() {
                for (other, another) in narrowed.enumerated() where other != index { #expect(!another.contains(one)) }
            }
        }
    }

    @Test("narrowing never makes more than a payload has room for")
    func narrowingIsBounded() throws {
        let asked = (0..<200 as Range<UInt32>).map { TrafficSelector(IPPrefix(host: IPAddress(v4: $0))) }
        let policy: [TrafficSelector] = (0..<4 as Range<UInt16>).compactMap {
            TrafficSelector(
                IPAddress(v4: 0), IPAddress(v4: .max), proto: 6, ports: TrafficSelector.Ports(first: $0, last: $0))
        }
        let narrowed = asked.narrowed(to: policy)
        #expect(narrowed.count == [TrafficSelector].maximumCount)
        let encoded = PayloadChain.encode([.initiatorTrafficSelectors(TrafficSelectorList(narrowed))])
        #expect(try PayloadChain.decode(encoded.first, encoded.bytes).count == 1)
    }

    @Test("a prefix becomes a selector and back")
    func prefixes() {
        for text in ["0.0.0.0/0", "10.0.0.0/8", "192.0.2.7/32", "::/0", "2001:db8::/33", "2001:db8::1/128"] {
            guard let prefix = IPPrefix(text) else {
                Issue.record("\(text) is no prefix")
                continue
            }
            #expect(TrafficSelector(prefix).prefixes == [prefix])
            #expect(TrafficSelector(prefix).description == text)
        }
        #expect(TrafficSelector.everything(.v4).prefixes.map(\.description) == ["0.0.0.0/0"])
        #expect(TrafficSelector.everything(.v6).prefixes.map(\.description) == ["::/0"])
    }

    @Test("a range becomes the fewest prefixes that have just its addresses")
    func rangePrefixes() throws {
        let range = try #require(SampleMessages.range("10.0.0.1", "10.0.0.8"))
        #expect(range.prefixes.map(\.description) == ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/30", "10.0.0.8/32"])
        #expect(range.description == "10.0.0.1-10.0.0.8")
        let end = try #require(SampleMessages.range("255.255.255.254", "255.255.255.255"))
        #expect(end.prefixes.map(\.description) == ["255.255.255.254/31"])
        let almost = try #require(SampleMessages.range("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
        #expect(almost.prefixes.count == 128)
        for first in 0..<20 as Range<UInt32> {
            for last in first..<20 {
                let range = try #require(TrafficSelector(IPAddress(v4: first), IPAddress(v4: last)))
                let covered = range.prefixes.flatMap { $0.firstAddress.value...$0.lastAddress.value }
                #expect(covered == Array(UInt128(first)...UInt128(last)))
            }
        }
    }

    @Test("addresses or ports out of order, or addresses of two families, are no selector")
    func impossible() {
        #expect(SampleMessages.range("10.0.0.2", "10.0.0.1") == nil)
        #expect(SampleMessages.range("10.0.0.1", "::1") == nil)
        #expect(SampleMessages.range("10.0.0.1", "10.0.0.2", first: 2, last: 1) == nil)
        #expect(SampleMessages.range("10.0.0.1", "10.0.0.2", first: 65535, last: 0) != nil)
    }

    @Test("protocol and ports are told")
    func descriptions() {
        #expect(
            SampleMessages.selectors.map(\.description) == [
                "0.0.0.0/0", "::/0", "10.0.0.1-10.0.0.9[17/53]", "2001:db8::1-2001:db8::ff[6/opaque]",
            ])
    }
}

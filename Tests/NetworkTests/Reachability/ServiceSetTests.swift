import Manifests
import OverlayNetwork
import TestRandom
import Testing

@Suite struct ServiceSetTests {
    private func set(_ matches: String...) throws -> ServiceSet {
        ServiceSet(try matches.map { try #require(PortMatch($0)) })
    }

    @Test func itHasOneText() throws {
        #expect(try set("udp/53", "tcp/443", "icmp").description == "tcp/443, udp/53, icmp")
        #expect(try set("tcp/443", "tcp/444-500", "tcp/80", "tcp/81").description == "tcp/80-81, tcp/443-500")
        #expect(ServiceSet([PortMatch]()).description == "everything")
        #expect(ServiceSet().description == "nothing")
        #expect(
            ServiceSet.everything.subtracting(try set("tcp/22", "icmp")).description == "everything but tcp/22, icmp")
        #expect(
            try set("tcp/1-65535").union(ServiceSet(.tcp(0))).description == "tcp")
        #expect(ServiceSet.everything.subtracting(ServiceSet(.other)).description == "tcp, udp, icmp")
    }

    @Test func rangesReachBothEnds() throws {
        let all = ServiceSet.everything
        #expect(all.contains(.tcp(0)) && all.contains(.udp(.max)) && all.contains(.icmp) && all.contains(.other))
        #expect(all.isAll)
        // Port 0 is in no range that can be written.
        let written = try set("tcp/1-65535", "udp/1-65535", "icmp")
        #expect(!written.isAll && !written.contains(.tcp(0)) && !written.contains(.other))
        #expect(all.subtracting(written).description == "everything but tcp/1-65535, udp/1-65535, icmp")
        #expect(written.union(all.subtracting(written)).isAll)
    }

    /// Against sets of single services.
    @Test func algebraAgreesWithSetsOfServices() {
        var random = SeededRandom(7)
        let universe: [Flow.Service] =
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 65534, 65535].flatMap { [.tcp($0), .udp($0)] } + [.icmp, .other]
        func draw() -> ServiceSet {
            var set = ServiceSet()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let ends = [UInt16(0), 1, 2, 3, 5, 7, 65534, 65535].shuffled(using: &random).prefix(2).sorted()
                let ports = PortSet([ends[0]...ends[1]])
                set = set.union(random.chance(1, in: 2) ? ServiceSet(tcp: ports) : ServiceSet(udp: ports))
            }
            if random.chance(1, in: 4) { set = set.union(ServiceSet(.icmp)) }
            if random.chance(1, in: 4) { set = set.union(ServiceSet(.other)) }
            return random.chance(1, in: 8) ? ServiceSet.everything.subtracting(set) : set
        }
        func members(_ set: ServiceSet) -> Set<Flow.Service> { Set(universe.filter(set.contains)) }
        for _ in 0..<3000 {
            let (a, b) = (draw(), draw())
            #expect(members(a.union(b)) == members(a).union(members(b)))
            #expect(members(a.intersection(b)) == members(a).intersection(members(b)))
            #expect(members(a.subtracting(b)) == members(a).subtracting(members(b)))
            #expect(a.subtracting(b).union(a.intersection(b)) == a)
            #expect(a.isSubset(of: b) == a.subtracting(b).isEmpty && a.intersects(b) != a.intersection(b).isEmpty)
            #expect(members(a).isSubset(of: members(b)) == a.isSubset(of: b))
            #expect(members(a).isDisjoint(with: members(b)) != a.intersects(b))
            #expect(a.isEmpty == (a.first == nil) && a.first.map(a.contains) ?? true)
        }
    }
}

import Addressing
import Forwarding
import TestRandom

/// Few addresses and ports, so that flows, replies and collisions are frequent.
struct Traffic {
    var random: SeededRandom
    let v4 = (1...6).map { IPAddress(v4: 0x0A00_0000 + UInt32($0) * 0x1_0001) }
    let v6 = (1...6).map { IPAddress(v6: 0xFD << 120 | UInt128($0) << 64 | UInt128($0)) }
    var recent: [[UInt8]] = []

    init(seed: UInt64) {
        random = SeededRandom(seed)
    }

    mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    mutating func packet() -> [UInt8] {
        let hosts = pick([v4, v6])
        let a = pick(hosts)
        let b = pick(hosts)
        let ports: (UInt16, UInt16) = (UInt16(pick([1, 2, 3])), UInt16(pick([1, 2, 3])))
        let icmpNumber: UInt8 = a.family == .v4 ? 1 : 58
        var packet: [UInt8]
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3:
            let flags: TCPFlags = pick([
                [.syn], [.syn], [.syn, .ack], [.ack], [.ack], [.fin, .ack], [.rst], [.rst, .ack],
            ])
            packet = PacketBuilder.ip(6, from: a, to: b, payload: PacketBuilder.tcp(flags, ports: ports))
        case 4...5:
            packet = PacketBuilder.ip(17, from: a, to: b, payload: PacketBuilder.udp(ports: ports))
        case 6:
            let types: [UInt8] = a.family == .v4 ? [0, 8, 8, 13, 14, 5] : [128, 128, 129, 133]
            packet = PacketBuilder.ip(
                icmpNumber, from: a, to: b, payload: PacketBuilder.icmp(type: pick(types), id: ports.0))
        case 7 where !recent.isEmpty:
            let quoted = pick(recent)
            let isV4 = quoted[0] >> 4 == 4
            let header = try? parse(quoted)
            let sender = header?.sourceAddress ?? a
            packet = PacketBuilder.ip(
                isV4 ? 1 : 58, from: pick(isV4 ? v4 : v6), to: pick([sender, sender, pick(isV4 ? v4 : v6)]),
                payload: PacketBuilder.icmp(type: isV4 ? pick([3, 11]) : pick([1, 2, 3]), payload: quoted))
        case 8:
            let offset = pick([0, 8, 24])
            packet = PacketBuilder.ip(
                17, from: a, to: b, payload: PacketBuilder.udp(ports: ports, payload: [0, 0, 0, 0, 0, 0, 0, 0]),
                fragmentOffset: offset, moreFragments: offset == 0, id: UInt16(pick([1, 2])))
        default:
            packet = PacketBuilder.ip(pick([47, 50, 132]), from: a, to: b, payload: [0, 1, 0, 2, 0, 0, 0, 0])
        }
        recent.append(packet)
        if recent.count > 20 { recent.removeFirst() }
        return packet
    }

    mutating func policy() -> FilterPolicy {
        var policy = FilterPolicy(defaultAction: pick([.deny, .deny, .allow]))
        for index in 0..<5 {
            let prefixes: [IPPrefix] = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in
                let host = pick(pick([v4, v6]))
                return IPPrefix(host, length: Int.random(in: 0...host.family.bitWidth, using: &random))?.network
            }
            policy.sets.append(.init(name: "set\(index)", prefixes: prefixes))
        }
        policy.sets.append(.init(name: "any", prefixes: [prefix("0.0.0.0/0"), prefix("::/0")]))
        let names = policy.sets.map(\.name)
        for index in 0..<Int.random(in: 0...8, using: &random) {
            var ports: [FilterPolicy.PortMatch] = []
            for _ in 0..<pick([0, 1, 1, 2]) {
                let number: UInt8 = pick([6, 17, 1, 58, 47, 132])
                let first = UInt16.random(in: 0...3, using: &random)
                let hasPorts = [6, 17, 132].contains(number) && Bool.random(using: &random)
                ports.append(.init(protocolNumber: number, ports: hasPorts ? first...max(first, 2) : nil))
            }
            policy.rules.append(
                .init(
                    name: "rule\(index)", action: pick([.deny, .allow, .allow]),
                    from: (0..<pick([1, 2])).map { _ in pick(names) },
                    to: (0..<pick([1, 2])).map { _ in pick(names) },
                    ports: ports))
        }
        return policy
    }
}

import Addressing
import Forwarding

/// What the filter should do, written for plainness: rules are looked through one by one, and flows are a list.
///
/// It shares the packet parser with the filter, and no other code.
struct ReferenceFilter {
    enum Outcome: Equatable {
        case pass, deniedByRule, deniedByDefault, unrelatedError, unknownFragment, fault
    }

    struct Flow {
        var family: IPFamily
        var number: UInt8
        var opener: (UInt128, UInt16)
        var target: (UInt128, UInt16)
        var answered = false
        var openerFinished = false
        var targetFinished = false
        var reset = false
        var lastSeen: UInt32
        var policy: Int

        var isClosing: Bool { reset || openerFinished && targetFinished }

        var timeout: UInt32 {
            if isClosing || !answered { return 60 }
            switch number {
            case 6: return 7_500
            case 17: return 180
            case 1, 58: return 60
            default: return 600
            }
        }
    }

    var policy: FilterPolicy
    var version = 0
    var flows: [Flow] = []
    var datagrams: [(UInt128, UInt128, UInt32, UInt32, Int)] = []

    mutating func install(_ policy: FilterPolicy) {
        self.policy = policy
        version += 1
    }

    func decide(_ family: IPFamily, _ opener: UInt128, _ target: UInt128, _ number: UInt8, _ port: UInt16) -> Outcome {
        func isIn(_ names: [String], _ value: UInt128) -> Bool {
            policy.sets.contains { set in
                names.contains(set.name)
                    && set.prefixes.contains { $0.contains(IPAddress(family: family, value: value)) }
            }
        }
        func portsMatch(_ ports: [FilterPolicy.PortMatch]) -> Bool {
            ports.isEmpty
                || ports.contains { match in
                    (match.protocolNumber == number
                        || [match.protocolNumber, number].allSatisfy { $0 == 1 || $0 == 58 })
                        && (match.ports?.contains(port) ?? true)
                }
        }
        let matching = policy.rules.filter { isIn($0.from, opener) && isIn($0.to, target) && portsMatch($0.ports) }
        if matching.contains(where: { $0.action == .deny }) { return .deniedByRule }
        if matching.contains(where: { $0.action == .allow }) { return .pass }
        return policy.defaultAction == .allow ? .pass : .deniedByDefault
    }

    mutating func check(_ packet: [UInt8], at now: UInt32) -> Outcome {
        guard let header = try? parse(packet) else { return .fault }
        flows.removeAll { now - $0.lastSeen >= $0.timeout }
        datagrams.removeAll { now - $0.3 >= 30 }
        if header.fragment == .later {
            let known = datagrams.contains {
                $0.0 == header.source && $0.1 == header.destination && $0.2 == header.fragmentID
                    && $0.4 <= header.fragmentOffset
            }
            return known ? .pass : .unknownFragment
        }
        let outcome = judge(header, packet, now)
        if header.fragment == .first, outcome == .pass {
            let former = datagrams.firstIndex {
                $0.0 == header.source && $0.1 == header.destination && $0.2 == header.fragmentID
            }
            let end = max(header.fragmentEnd, former.map { datagrams.remove(at: $0).4 } ?? 0)
            datagrams.append((header.source, header.destination, header.fragmentID, now, end))
        }
        return outcome
    }

    private mutating func judge(_ header: PacketHeader, _ packet: [UInt8], _ now: UInt32) -> Outcome {
        let isICMP = header.protocolNumber == (header.family == .v4 ? 1 : 58)
        let queries: [UInt8] = header.family == .v4 ? [8, 13] : [128]
        let replies: [UInt8: UInt8] = header.family == .v4 ? [0: 8, 14: 13] : [129: 128]
        let errors: [UInt8] = header.family == .v4 ? [3, 4, 11, 12] : [1, 2, 3, 4]
        let alone = decide(
            header.family, header.source, header.destination, header.protocolNumber, header.destinationPort)
        var from = (header.source, header.sourcePort)
        var to = (header.destination, header.destinationPort)
        if isICMP {
            if errors.contains(header.icmpType) { return judgeError(header, packet) }
            if queries.contains(header.icmpType) {
                from.1 = header.icmpIdentifier
                to.1 = UInt16(header.icmpType)
            } else if let query = replies[header.icmpType] {
                from.1 = UInt16(query)
                to.1 = header.icmpIdentifier
            } else {
                return alone
            }
        }
        let flags = header.tcpFlags
        let isOpening = flags.contains(.syn) && flags.isDisjoint(with: [.ack, .rst, .fin])
        if let index = find(header.family, header.protocolNumber, from, to) {
            let isOpener = flows[index].opener == from && flows[index].target == to
            if isOpening, flows[index].isClosing {
                guard alone == .pass else { return alone }
                flows.remove(at: index)
            } else if isOpening, !isOpener {
                return alone
            } else {
                flows[index].lastSeen = now
                if !isOpener { flows[index].answered = true }
                if header.protocolNumber == 6 {
                    if flags.contains(.fin), isOpener { flows[index].openerFinished = true }
                    if flags.contains(.fin), !isOpener { flows[index].targetFinished = true }
                    if flags.contains(.rst) { flows[index].reset = true }
                }
                return .pass
            }
        }
        guard alone == .pass, !flags.contains(.rst), !isICMP || queries.contains(header.icmpType) else { return alone }
        flows.append(
            Flow(
                family: header.family, number: header.protocolNumber, opener: from, target: to,
                openerFinished: flags.contains(.fin), lastSeen: now, policy: version))
        return .pass
    }

    /// The flow between two ends, if the policy in force still allows it.
    private mutating func find(
        _ family: IPFamily, _ number: UInt8, _ a: (UInt128, UInt16), _ b: (UInt128, UInt16)
    ) -> Int? {
        let found = flows.firstIndex {
            $0.family == family && $0.number == number
                && ($0.opener == a && $0.target == b || $0.opener == b && $0.target == a)
        }
        guard let found, flows[found].policy != version else { return found }
        let flow = flows[found]
        let port = number == 1 || number == 58 ? 0 : flow.target.1
        guard decide(family, flow.opener.0, flow.target.0, number, port) == .pass else {
            flows.remove(at: found)
            return nil
        }
        flows[found].policy = version
        return found
    }

    private mutating func judgeError(_ header: PacketHeader, _ packet: [UInt8]) -> Outcome {
        // The tests quote whole packets.
        guard let quoted = try? parse(Array(packet[(header.transportOffset + 8)...])),
            quoted.source == header.destination, quoted.fragment != .later
        else { return .unrelatedError }
        var from = (quoted.source, quoted.sourcePort)
        var to = (quoted.destination, quoted.destinationPort)
        if quoted.protocolNumber == (quoted.family == .v4 ? 1 : 58) {
            switch (quoted.family, quoted.icmpType) {
            case (.v4, 8), (.v4, 13), (.v6, 128):
                from.1 = quoted.icmpIdentifier
                to.1 = UInt16(quoted.icmpType)
            case (.v4, 0), (.v4, 14), (.v6, 129):
                from.1 = quoted.family == .v6 ? 128 : quoted.icmpType == 0 ? 8 : 13
                to.1 = quoted.icmpIdentifier
            default: return .unrelatedError
            }
        }
        return find(quoted.family, quoted.protocolNumber, from, to) == nil ? .unrelatedError : .pass
    }
}

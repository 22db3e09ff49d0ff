internal import Addressing

/// The SAs that packets to one peer go out by, found by where the packets go. Where many come by one entry, there are thousands, most
/// of them for an address of their own.
///
/// Of several SAs that a packet may go by, the one that was added last takes it.
package struct OutboundTable: Sendable {
    private struct Member: Sendable {
        let sa: OutboundSA
        /// The later it was added, the greater.
        let number: UInt64
    }

    /// How many prefixes an SA may be found by; one for more of them is looked at for each packet.
    private static let mostPrefixes = 64

    private var members: [UInt32: Member] = [:]
    /// By the prefixes that packets go to, the newest last.
    private var byDestination: [IPPrefix: ContiguousArray<Member>] = [:]
    private var scattered: ContiguousArray<Member> = []
    /// How long the prefixes are.
    private var lengths = (v4: PrefixLengths(), v6: PrefixLengths())
    /// SAs that look at more than addresses.
    private var looksDeeper = 0
    private var nextNumber: UInt64 = 0
    /// What was added last of those that are there.
    package private(set) var newest: OutboundSA?

    package init() {}

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var all: some Sequence<OutboundSA> { members.values.lazy.map(\.sa) }

    package subscript(inboundSPI spi: UInt32) -> OutboundSA? { members[spi]?.sa }

    /// Its packets go by it from now on, whatever else they could go by.
    package mutating func insert(_ sa: OutboundSA) {
        remove(inboundSPI: sa.inboundSPI)
        let member = Member(sa: sa, number: nextNumber)
        nextNumber += 1
        members[sa.inboundSPI] = member
        newest = sa
        if !sa.selectors.isByAddress { looksDeeper += 1 }
        guard let prefixes = sa.selectors.destination.prefixes(atMost: Self.mostPrefixes) else {
            scattered.append(member)
            return
        }
        for prefix in prefixes {
            byDestination[prefix, default: []].append(member)
            change(prefix) { $0.add($1) }
        }
    }

    package mutating func remove(inboundSPI spi: UInt32) {
        guard let member = members.removeValue(forKey: spi) else { return }
        let sa = member.sa
        if !sa.selectors.isByAddress { looksDeeper -= 1 }
        if let prefixes = sa.selectors.destination.prefixes(atMost: Self.mostPrefixes) {
            for prefix in prefixes {
                byDestination[prefix]?.removeAll { $0.sa === sa }
                if byDestination[prefix]?.isEmpty ?? false { byDestination[prefix] = nil }
                change(prefix) { $0.remove($1) }
            }
        } else {
            scattered.removeAll { $0.sa === sa }
        }
        if newest === sa { newest = members.values.max { $0.number < $1.number }?.sa }
    }

    private mutating func change(_ prefix: IPPrefix, _ body: (inout PrefixLengths, Int) -> Void) {
        switch prefix.family {
        case .v4: body(&lengths.v4, prefix.length)
        case .v6: body(&lengths.v6, prefix.length)
        }
    }

    /// The SA that a packet goes by; `nil` also for what is no packet of IP.
    package func sa(for packet: UnsafeRawBufferPointer) -> OutboundSA? {
        guard let fields = SelectorFields(packet, wantsPorts: looksDeeper > 0) else { return nil }
        var found: Member?
        func consider(_ members: ContiguousArray<Member>) {
            let match = members.last { $0.sa.selectors.admits(fields) }
            if let match, match.number >= found?.number ?? 0 { found = match }
        }
        let destination = IPAddress(family: fields.family, value: fields.destination)
        for length in fields.family == .v4 ? lengths.v4.all : lengths.v6.all {
            guard let prefix = IPPrefix(destination, length: length)?.network else { continue }
            if let members = byDestination[prefix] { consider(members) }
        }
        consider(scattered)
        return found?.sa
    }
}

/// Lengths of prefixes of one family that are in use.
private struct PrefixLengths: Sendable {
    private(set) var all: ContiguousArray<Int> = []
    private var counts: [Int: Int] = [:]

    mutating func add(_ length: Int) {
        counts[length, default: 0] += 1
        if counts[length] == 1 { all.append(length) }
    }

    mutating func remove(_ length: Int) {
        guard let count = counts[length] else { return }
        counts[length] = count > 1 ? count - 1 : nil
        if count == 1 { all.removeAll { $0 == length } }
    }
}

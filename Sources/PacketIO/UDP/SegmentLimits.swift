package import Addressing

/// Which datagrams are not to be sent many in one piece, as the kernel refused it: by the receiver's address, since it
/// depends on the way there. What was learned holds for some minutes; then it is tried again.
package struct SegmentLimits: Sendable {
    /// Addresses that are told apart. When more are refused, it is all ways that are narrow.
    package static let capacity = 64
    /// As long as Linux remembers a path's MTU (`net.ipv4.route.mtu_expires`).
    package static let lifetimeSeconds: UInt64 = 600

    private struct Limit {
        /// Bytes of a datagram that may still be one of many.
        var largest: Int
        var until: MonotonicTime

        func holds(at now: MonotonicTime) -> Bool { now < until }
    }

    /// Those that are over stay while there is room: they were told of.
    private var limits: [IPAddress: Limit] = [:]
    private var general: Limit?

    /// Whom a limit is new for.
    package enum News: Hashable, Sendable {
        case address(IPAddress)
        case all
    }

    package init() {}

    /// The longest datagrams that may go many in one piece to an address.
    package func largest(to address: IPAddress, at now: MonotonicTime) -> Int {
        min(Self.largest(general, at: now), Self.largest(limits[address], at: now))
    }

    private static func largest(_ limit: Limit?, at now: MonotonicTime) -> Int {
        guard let limit, limit.holds(at: now) else { return .max }
        return limit.largest
    }

    /// Notes that only datagrams of up to `largest` bytes go many in one piece to an address. Returns what is to be told:
    /// once for each address.
    package mutating func lower(to largest: Int, for address: IPAddress, at now: MonotonicTime) -> News? {
        let until = MonotonicTime(nanoseconds: now.nanoseconds + Self.lifetimeSeconds * 1_000_000_000)
        if let general, general.holds(at: now) {
            self.general = Limit(largest: min(general.largest, largest), until: until)
            return nil
        }
        if let known = limits[address] {
            let least = known.holds(at: now) ? min(known.largest, largest) : largest
            limits[address] = Limit(largest: least, until: until)
            return nil
        }
        if limits.count >= Self.capacity { limits = limits.filter { $0.value.holds(at: now) } }
        guard limits.count < Self.capacity else {
            general = Limit(largest: limits.values.reduce(largest) { min($0, $1.largest) }, until: until)
            limits = [:]
            return .all
        }
        limits[address] = Limit(largest: largest, until: until)
        return .address(address)
    }
}

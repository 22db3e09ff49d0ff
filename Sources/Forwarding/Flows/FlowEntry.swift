internal import Addressing

/// One flow of the table.
struct FlowEntry {
    static let noRule = UInt32.max

    var key: FlowKey
    /// Whether the low end of the key opened it.
    var openedByLow: Bool
    var stage: FlowStage
    /// Which ends of a TCP connection have sent FIN: bit 0 the opener, bit 1 the other.
    var finished: UInt8 = 0
    /// Whom the opener's share is counted to.
    var origin: UInt16
    /// Seconds on the caller's clock.
    var lastSeen: UInt32
    /// Of the policy that last allowed it.
    var generation: UInt32
    /// Index in that policy, or `noRule`.
    var rule: UInt32

    // Links are slot numbers; 0 ends a list.
    var nextInChain: UInt32 = 0
    var older: UInt32 = 0
    var newer: UInt32 = 0

    var opener: (address: UInt128, port: UInt16) {
        openedByLow ? (key.low, key.lowPort) : (key.high, key.highPort)
    }

    var target: (address: UInt128, port: UInt16) {
        openedByLow ? (key.high, key.highPort) : (key.low, key.lowPort)
    }

    /// What a rule's ports are compared with: for ICMP, where the type stands in place of a port, 0.
    var targetPort: UInt16 {
        IPProtocol.asInRules(key.protocolNumber) == IPProtocol.icmp ? 0 : target.port
    }
}

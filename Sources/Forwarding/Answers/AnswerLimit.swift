/// How many answers on behalf of the network are given: each costs a packet of those who did not ask for it.
package struct AnswerLimit: Sendable {
    /// As Linux has it for all its ICMP errors (`net.ipv4.icmp_msgs_per_sec`).
    package static let perSecond = 1_000

    private var second: UInt32 = 0
    private var given = 0

    package init() {}

    /// Whether one more may be given now; it counts as given. `second` never goes back.
    package mutating func take(at second: UInt32) -> Bool {
        if second != self.second {
            self.second = second
            given = 0
        }
        guard given < Self.perSecond else { return false }
        given += 1
        return true
    }
}

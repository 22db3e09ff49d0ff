internal import Synchronization

/// How much memory packets take that wait for SAs, of all peers together. Any thread may call.
package final class WaitingRoom: Sendable {
    /// As much as of an interface's peers by WireGuard.
    private static let capacity = 32 << 20

    private let used = Atomic<Int>(0)

    package init() {}

    /// Takes room for so many bytes; false when there is not as much.
    func enter(_ count: Int) -> Bool {
        guard used.wrappingAdd(count, ordering: .relaxed).newValue <= Self.capacity else {
            leave(count)
            return false
        }
        return true
    }

    func leave(_ count: Int) {
        if count != 0 { used.wrappingSubtract(count, ordering: .relaxed) }
    }
}

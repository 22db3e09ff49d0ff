internal import IPsec
internal import Synchronization
package import Tunneling

/// What workers have for the thread of IKE: bounded, so that a flood of messages costs no more than itself. Any thread may call.
package final class IKEInbox: Sendable {
    /// What waits at most; what comes then is dropped.
    private static let capacity = 2_048
    /// Of that, messages, which anybody can send.
    private static let messageCapacity = 1_024

    package enum Item: Sendable {
        /// An IKE message that came to the port that it shares with ESP, without its marker.
        case message([UInt8], Path)
        /// Genuine packets came by an SA for the first time.
        case firstPacket(spi: UInt32)
        /// Genuine packets of an SA came from elsewhere than before.
        case moved(spi: UInt32, Path)
        /// Packets have come for a peer to which there is no SA.
        case wanted(interface: UInt64, peer: UInt32)
        /// A local source that the kernel refused to send from.
        case sourceGone(LocalSource)
    }

    private struct State {
        var items: [Item] = []
        var messages = 0
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// - Parameter wake: has the owner call `takeAll`; any thread may call it.
    package init(wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    /// Returns false when too much waits.
    @discardableResult
    package func put(_ item: Item) -> Bool {
        let (added, isFirst) = state.withLock { state in
            guard state.items.count < Self.capacity else { return (false, false) }
            if case .message = item {
                guard state.messages < Self.messageCapacity else { return (false, false) }
                state.messages += 1
            }
            state.items.append(item)
            return (true, state.items.count == 1)
        }
        if isFirst { wake() }
        return added
    }

    /// Oldest first.
    package func takeAll() -> [Item] {
        state.withLock { state in
            defer { state = State() }
            return state.items
        }
    }
}

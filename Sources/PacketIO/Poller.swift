internal import CLinux
internal import Glibc

/// Waits for descriptors (epoll, level-triggered). One thread waits; any thread may add, remove and wake.
package final class Poller: Sendable {
    private let epoll: Descriptor
    private let wakeUp: Descriptor
    private static let wakeToken = UInt64.max

    /// What happened on a descriptor.
    package struct Event: Sendable {
        /// As given to `add`.
        package let token: UInt64
        package let isReadable: Bool
        package let isWritable: Bool
        /// The other end hung up, or the descriptor is in error (for a TUN: deleted). A read tells more.
        package let isClosed: Bool
    }

    package init() throws(IOError) {
        epoll = Descriptor(owning: try retrying("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        let flags = Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)
        wakeUp = Descriptor(owning: try retrying("eventfd") { eventfd(0, flags) })
        try control(EPOLL_CTL_ADD, wakeUp, token: Self.wakeToken, readable: true, writable: false)
    }

    /// Watches `descriptor`; events carry `token` (any value but `UInt64.max`).
    package func add(_ descriptor: Descriptor, token: UInt64, readable: Bool = true, writable: Bool = false)
        throws(IOError)
    {
        precondition(token != Self.wakeToken)
        try control(EPOLL_CTL_ADD, descriptor, token: token, readable: readable, writable: writable)
    }

    package func change(_ descriptor: Descriptor, token: UInt64, readable: Bool, writable: Bool) throws(IOError) {
        try control(EPOLL_CTL_MOD, descriptor, token: token, readable: readable, writable: writable)
    }

    /// Events that were already collected may still name it.
    package func remove(_ descriptor: Descriptor) {
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor.number, nil)
    }

    /// Makes the current or next `wait` return at once.
    package func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp.number, &one, 8)
    }

    /// Waits until something happens, `wake` is called, or `until` has come (`nil`: no limit), and replaces `events`.
    /// Returns whether `wake` was called. Does not allocate once `events` has room for 64.
    @discardableResult
    package func wait(until deadline: MonotonicTime?, events: inout [Event]) throws(IOError) -> Bool {
        events.removeAll(keepingCapacity: true)
        var woken = false
        var failure: Int32 = 0
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { ready in
            let count = epoll_wait(epoll.number, ready.baseAddress, 64, Self.milliseconds(until: deadline))
            guard count >= 0 else {
                failure = errno
                return
            }
            for event in ready.prefix(Int(count)) {
                guard event.data.u64 != Self.wakeToken else {
                    var counter: UInt64 = 0
                    _ = read(wakeUp.number, &counter, 8)
                    woken = true
                    continue
                }
                let flags = event.events
                events.append(
                    Event(
                        token: event.data.u64, isReadable: flags & EPOLLIN.rawValue != 0,
                        isWritable: flags & EPOLLOUT.rawValue != 0,
                        isClosed: flags & (EPOLLHUP.rawValue | EPOLLERR.rawValue | EPOLLRDHUP.rawValue) != 0))
            }
        }
        if failure != 0, failure != EINTR { throw IOError(failure, "epoll_wait") }
        return woken
    }

    /// Rounded up, as waking early would spin until the deadline.
    private static func milliseconds(until deadline: MonotonicTime?) -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline.nanoseconds(since: .now)
        return Int32(clamping: left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1))
    }

    private func control(
        _ operation: Int32, _ descriptor: Descriptor, token: UInt64, readable: Bool, writable: Bool
    ) throws(IOError) {
        var event = epoll_event()
        event.events = (readable ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (writable ? EPOLLOUT.rawValue : 0)
        event.data.u64 = token
        try retrying("epoll_ctl") { epoll_ctl(epoll.number, operation, descriptor.number, &event) }
    }
}

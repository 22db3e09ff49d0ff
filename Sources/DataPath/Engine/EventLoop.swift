package import PacketIO
internal import WireGuard

/// The control thread's loop: sockets of administrators, news from the kernel, signals. Confined to the thread that runs it.
package final class EventLoop {
    let mailbox: Mailbox<EventLoop>
    private let poller: Poller
    private var handlers: [UInt64: (descriptor: Descriptor, handle: (Poller.Event) -> Void)] = [:]
    private var nextToken: UInt64 = 0
    private var isStopping = false

    package init() throws(IOError) {
        poller = try Poller()
        mailbox = Mailbox(poller: poller)
    }

    /// Calls `handle` whenever the descriptor is ready, until `remove`.
    func add(_ descriptor: Descriptor, handle: @escaping (Poller.Event) -> Void) throws(IOError) -> UInt64 {
        let token = nextToken
        nextToken += 1
        try poller.add(descriptor, token: token)
        handlers[token] = (descriptor, handle)
        return token
    }

    /// What to wait for on a descriptor from now on.
    func change(_ token: UInt64, readable: Bool, writable: Bool) {
        guard let handler = handlers[token] else { return }
        try? poller.change(handler.descriptor, token: token, readable: readable, writable: writable)
    }

    func remove(_ token: UInt64) {
        guard let handler = handlers.removeValue(forKey: token) else { return }
        poller.remove(handler.descriptor)
    }

    func run() throws(IOError) {
        var events: [Poller.Event] = []
        events.reserveCapacity(64)
        while !isStopping {
            let woken = try poller.wait(until: nil, events: &events)
            if woken {
                for job in mailbox.takeAll() { job(self) }
            }
            for event in events {
                // One handler may remove another.
                if let handler = handlers[event.token] { handler.handle(event) }
            }
        }
    }

    func stop() {
        isStopping = true
    }
}

package import Addressing
package import PacketIO

/// A copy of what a receiver brought as one message.
package struct ArrivedMessage {
    package let bytes: [UInt8]
    package let segmentSize: Int
    package let remote: Endpoint
    package let local: LocalAddress?

    package init(_ message: DatagramReceiver.Message) {
        bytes = Array(message.bytes)
        segmentSize = message.segmentSize
        remote = message.remote
        local = message.local
    }

    package var datagrams: [[UInt8]] {
        guard segmentSize > 0 else { return [bytes] }
        return stride(from: 0, to: bytes.count, by: segmentSize).map {
            Array(bytes[$0..<min($0 + segmentSize, bytes.count)])
        }
    }
}

extension Sequence<ArrivedMessage> {
    /// In the order of their arrival.
    package var datagrams: [[UInt8]] { flatMap(\.datagrams) }
}

extension DatagramReceiver {
    /// The messages of the last call.
    package var messages: [ArrivedMessage] {
        (0..<count).compactMap { self[$0].map(ArrivedMessage.init) }
    }

    /// What arrives until there are so many datagrams, or five seconds are over.
    package func wait(for count: Int, _ family: IPFamily, on sockets: UDPSockets) throws
        -> [ArrivedMessage]
    {
        guard let descriptor = family == .v4 ? sockets.v4 : sockets.v6 else { return [] }
        let poller = try Poller()
        try poller.add(descriptor, token: 1)
        let deadline = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 5_000_000_000)
        var arrived: [ArrivedMessage] = []
        var events: [Poller.Event] = []
        while arrived.datagrams.count < count, MonotonicTime.now < deadline {
            try poller.wait(until: deadline, events: &events)
            while try receive(family, from: sockets) > 0 { arrived += messages }
        }
        return arrived
    }
}

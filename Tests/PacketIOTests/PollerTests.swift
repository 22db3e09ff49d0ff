import Glibc
import PacketIO
import Testing

@Suite struct PollerTests {
    private func soon(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + milliseconds * 1_000_000)
    }

    @Test func aDeadlineEndsTheWaitNotBeforeItsTime() throws {
        let poller = try Poller()
        var events: [Poller.Event] = []
        let deadline = soon(20)
        #expect(try !poller.wait(until: deadline, events: &events))
        #expect(MonotonicTime.now >= deadline)
        #expect(events.isEmpty)
    }

    @Test func wakingFromAnotherThreadEndsTheWait() throws {
        let poller = try Poller()
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(poller).toOpaque()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Poller>.fromOpaque(argument).takeRetainedValue().wake() }
                return nil
            }, argument)
        var events: [Poller.Event] = []
        #expect(try poller.wait(until: soon(10_000), events: &events))
        pthread_join(thread, nil)
        // Once: the next wait is not woken by it.
        #expect(try !poller.wait(until: .now, events: &events))
    }

    @Test func eventsCarryTokenAndKind() throws {
        let (near, far) = try UnixStream.pair()
        let poller = try Poller()
        try poller.add(near.descriptor, token: 7, readable: true, writable: true)
        var events: [Poller.Event] = []
        try poller.wait(until: soon(5_000), events: &events)
        #expect(events.map(\.token) == [7])
        #expect(events[0].isWritable && !events[0].isReadable && !events[0].isClosed)
        try poller.change(near.descriptor, token: 8, readable: true, writable: false)
        _ = try far.write([1])
        try poller.wait(until: soon(5_000), events: &events)
        #expect(events.map(\.token) == [8])
        #expect(events[0].isReadable)
        poller.remove(near.descriptor)
        try poller.wait(until: .now, events: &events)
        #expect(events.isEmpty)
    }

    @Test func anEndedPeerIsReported() throws {
        let poller = try Poller()
        let near: UnixStream
        do {
            let (first, second) = try UnixStream.pair()
            near = first
            second.finishWriting()
        }
        try poller.add(near.descriptor, token: 1)
        var events: [Poller.Event] = []
        try poller.wait(until: soon(5_000), events: &events)
        #expect(events.first?.isClosed == true)
    }
}

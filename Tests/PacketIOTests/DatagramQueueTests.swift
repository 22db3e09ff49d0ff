import Addressing
import PacketIO
import TestDatagrams
import TestRandom
import Testing

/// Loopback takes a message of many datagrams to the receiver as it is: what arrives shows how they were sent.
@Suite struct DatagramQueueTests {
    private let client: UDPSockets
    private let server: UDPSockets
    private let receiver: DatagramReceiver
    private let outgoing = OutgoingDatagrams()

    init() throws {
        client = try UDPSockets(port: 0)
        server = try UDPSockets(port: 0)
        receiver = try DatagramReceiver()
    }

    private func target(_ family: IPFamily = .v4) throws -> Endpoint {
        Endpoint(try #require(IPAddress(family == .v4 ? "127.0.0.1" : "::1")), port: server.port)
    }

    /// Sends what is in the queue; the messages that it came as, each as the lengths of its datagrams.
    private func lengths(_ count: Int) throws -> [[Int]] {
        #expect(client.send(outgoing.queue))
        #expect(client.takeRefusal() == nil)
        return try receiver.wait(for: count, .v4, on: server).map { $0.datagrams.map(\.count) }
    }

    @Test(arguments: [IPFamily.v4, .v6], [false, true])
    func datagramsOfOneSizeGoAsOneMessage(_ family: IPFamily, _ hasSource: Bool) throws {
        let target = try target(family)
        let source = try #require(IPAddress(family == .v4 ? "127.0.3.4" : "::1"))
        let datagrams = (0..<20).map { [UInt8](repeating: UInt8($0), count: 1_000) }
        for bytes in datagrams { outgoing.add(bytes, to: target, from: hasSource ? source : nil) }
        #expect(client.send(outgoing.queue))
        let messages = try receiver.wait(for: 20, family, on: server)
        #expect(messages.count == 1)
        #expect(messages.first?.segmentSize == 1_000)
        #expect(messages.datagrams == datagrams)
        #expect(messages.first?.local?.address == target.address)
        if hasSource { #expect(messages.first?.remote == Endpoint(source, port: client.port)) }
    }

    @Test func aShorterOneClosesTheMessage() throws {
        for count in [500, 500, 300, 300, 500] { outgoing.add(1, count: count, to: try target()) }
        #expect(try lengths(5) == [[500, 500, 300], [300], [500]])
    }

    @Test func aLongerOneBeginsANewMessage() throws {
        for count in [500, 500, 501, 501] { outgoing.add(1, count: count, to: try target()) }
        #expect(try lengths(4) == [[500, 500], [501, 501]])
    }

    @Test func anotherTagBeginsANewMessage() throws {
        for tag in [1, 1, 2, 1] as [UInt64] { outgoing.add(1, count: 500, to: try target(), tag: tag) }
        #expect(try lengths(4) == [[500, 500], [500], [500]])
    }

    @Test func aGapBeginsANewMessage() throws {
        for gap in [0, 0, 1, 0] { outgoing.add(1, count: 500, to: try target(), gap: gap) }
        #expect(try lengths(4) == [[500, 500], [500, 500]])
    }

    @Test func aMessageHas64DatagramsAtTheMost() throws {
        for _ in 0..<65 { outgoing.add(1, count: 100, to: try target()) }
        #expect(try lengths(65) == [[Int](repeating: 100, count: 64), [100]])
    }

    @Test func aMessageHas65000BytesAtTheMost() throws {
        for _ in 0..<45 { outgoing.add(1, count: 1_453, to: try target()) }
        #expect(try lengths(45) == [[Int](repeating: 1_453, count: 44), [1_453]])
        outgoing.removeAll()
        for count in [32_500, 32_500, 32_500, 32_500, 1] {
            outgoing.add(1, count: count, to: try target())
        }
        #expect(try lengths(5) == [[32_500, 32_500], [32_500, 32_500], [1]])
    }

    /// Whatever is queued arrives in its order.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func allArriveInOrder(seed: UInt64) throws {
        var random = SeededRandom(seed)
        var sent: [[UInt8]] = []
        var bytes = 0
        for _ in 0..<Int.random(in: 1...100, using: &random) {
            let count = random.chance(1, in: 3) ? Int.random(in: 1...2_000, using: &random) : 1_400
            let tag = random.chance(1, in: 8) ? UInt64(2) : 1
            for _ in 0..<Int.random(in: 1...20, using: &random) where bytes < 400_000 {
                bytes += count
                sent.append(random.bytes(count))
                outgoing.add(
                    sent[sent.count - 1], to: try target(), tag: tag, gap: random.chance(1, in: 10) ? 16 : 0)
            }
        }
        #expect(client.send(outgoing.queue))
        let arrived = try receiver.wait(for: sent.count, .v4, on: server)
        #expect(arrived.datagrams == sent)
        #expect(arrived.count < sent.count)
    }

    @Test func anEmptyDatagramIsOurOwnMistake() async {
        await #expect(processExitsWith: .failure) {
            let outgoing = OutgoingDatagrams()
            outgoing.add([], to: Endpoint(IPAddress(v4: 0x7F00_0001), port: 9))
        }
    }

    @Test func aFullQueueStillTakesWhatContinuesItsLastMessage() throws {
        for tag in 0..<DatagramQueue.capacity {
            #expect(!outgoing.queue.isFull)
            outgoing.add(1, count: 10, to: try target(), tag: UInt64(tag))
        }
        #expect(outgoing.queue.isFull)
        outgoing.add(2, count: 10, to: try target(), tag: UInt64(DatagramQueue.capacity - 1))
        #expect(try lengths(DatagramQueue.capacity + 1).last == [10, 10])
    }

    @Test func whatWasSentIsNotSentAgain() throws {
        for _ in 0..<3 { outgoing.add(1, count: 10, to: try target()) }
        #expect(try lengths(3) == [[10, 10, 10]])
        #expect(client.send(outgoing.queue))
        outgoing.removeAll()
        #expect(outgoing.queue.isEmpty)
        #expect(client.send(outgoing.queue))
        outgoing.add(2, count: 7, to: try target())
        #expect(try lengths(1) == [[7]])
    }

    /// One receiver's source is gone; the others' datagrams, and then its own, go many in one message all the same.
    @Test(arguments: [IPFamily.v4, .v6])
    func aSourceThatIsGoneCostsTheOthersNothing(_ family: IPFamily) throws {
        let gone = try #require(IPAddress(family == .v4 ? "192.0.2.7" : "2001:db8::7"))
        for (tag, source) in [nil, gone, nil].enumerated() {
            for _ in 0..<10 {
                outgoing.add(UInt8(tag), count: 800, to: try target(family), from: source, tag: UInt64(tag))
            }
        }
        #expect(!client.send(outgoing.queue))
        let others = try receiver.wait(for: 20, family, on: server)
        #expect(
            others.map { $0.datagrams.map(\.first) } == [0, 2].map { [UInt8?](repeating: $0, count: 10) })
        #expect(outgoing.queue.giveUpSources() == [LocalAddress(gone)])
        #expect(client.send(outgoing.queue))
        let again = try receiver.wait(for: 10, family, on: server)
        #expect(again.map { $0.datagrams.map(\.first) } == [[UInt8?](repeating: 1, count: 10)])
        #expect(client.takeRefusal() == nil)
    }
}

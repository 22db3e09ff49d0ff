import Glibc
import PacketIO
import Testing

@Suite struct PacketBufferTests {
    @Test func buffersAreDistinctAndBounded() throws {
        let pool = try PacketPool(slots: 40, longest: 1500)
        var buffers: [PacketBuffer] = []
        while let buffer = pool.take() { buffers.append(buffer) }
        #expect(buffers.count == 40)
        for (index, buffer) in buffers.enumerated() {
            for offset in buffer.writable.indices { buffer.writable[offset] = UInt8(index) }
        }
        for (index, buffer) in buffers.enumerated() {
            #expect(buffer.writable.count == 1500 + 64)
            #expect(buffer.writable.allSatisfy { $0 == UInt8(index) })
        }
        buffers.forEach(pool.give)
        #expect(pool.available == 40)
    }

    @Test func headroomAndTailroomMoveWithThePacket() throws {
        let pool = try PacketPool(slots: 1, longest: 100, headroom: 32, tailroom: 16)
        var buffer = try #require(pool.take())
        #expect((buffer.start, buffer.count, buffer.headroom) == (32, 0, 32))
        buffer.setCount(100)
        #expect(buffer.tailroom == 16)
        buffer.prepend(16)
        buffer.append(16)
        #expect((buffer.start, buffer.count, buffer.tailroom) == (16, 132, 0))
        buffer.removeFirst(20)
        buffer.setCount(110)
        #expect((buffer.start, buffer.count, buffer.bytes.count) == (36, 110, 110))
        pool.give(buffer)
    }

    @Test func slotsForTheLongestPacketsCostWhatIsUsed() throws {
        let slots = 4096
        let before = try residentBytes()
        let pool = try PacketPool(slots: slots)
        var buffers: [PacketBuffer] = []
        for _ in 0..<slots {
            let buffer = try #require(pool.take())
            buffer.writable.prefix(1420).indices.forEach { buffer.writable[$0] = 1 }
            buffers.append(buffer)
        }
        let grown = try residentBytes() - before
        // 256 MB of slots; two pages each at the most, and some slack for the rest of the process.
        #expect(grown < slots * 8192 + 16 << 20)
        for buffer in buffers.prefix(256) { buffer.writable.initializeMemory(as: UInt8.self, repeating: 1) }
        #expect(try residentBytes() - before > grown + 8 << 20)
    }

    @Test func takingFromABatchKeepsIndicesAndLosesNoBuffer() throws {
        let pool = try PacketPool(slots: 8, longest: 100)
        let batch = PacketBatch(pool: pool, capacity: 4)
        for value in 0..<4 {
            let index = try #require(batch.appendEmpty())
            batch[index].tag = UInt64(value)
            batch[index].buffer.setCount(10 + value)
        }
        #expect(batch.isFull && batch.appendEmpty() == nil)
        let taken = try #require(batch.take(1))
        #expect((taken.tag, taken.buffer.count) == (1, 11))
        #expect((batch.count, batch[1].buffer.count, batch[2].tag) == (4, 0, 2))
        #expect(pool.available == 3)
        batch.removeAll()
        #expect(pool.available == 7)
        batch.append(taken)
        #expect((batch.count, batch[0].tag, batch[0].buffer.count) == (1, 1, 11))
        batch.removeAll()
        #expect(pool.available == 8)
    }

    @Test func anExhaustedPoolSaysSo() throws {
        let pool = try PacketPool(slots: 3, longest: 100)
        let batch = PacketBatch(pool: pool, capacity: 4)
        while batch.appendEmpty() != nil {}
        #expect(batch.count == 3)
        #expect(pool.take() == nil)
        #expect(batch.take(0) == nil)
        #expect(batch.count == 3)
    }

    @Test func anEndedBatchGivesItsBuffersBack() throws {
        let pool = try PacketPool(slots: 3, longest: 100)
        do {
            let batch = PacketBatch(pool: pool, capacity: 2)
            _ = batch.appendEmpty()
        }
        #expect(pool.available == 3)
    }
}

private func residentBytes() throws -> Int {
    let file = try #require(fopen("/proc/self/statm", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    _ = fgets(&line, 256, file)
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return try #require(Int(text.split(separator: " ")[1])) * 4096
}

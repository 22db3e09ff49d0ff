import Glibc
import PacketIO
import Testing

@Suite struct PacketMemoryTests {
    private static let page = 4_096
    private static let count = 32 << 20

    private func residentPages(of memory: PacketMemory) throws -> Int {
        try residentPageCount(memory.base, count: memory.count)
    }

    @Test func memoryCostsWhatIsWritten() throws {
        let memory = try PacketMemory(count: Self.count)
        #expect(try residentPages(of: memory) == 0)
        for offset in stride(from: 0, to: Self.count, by: 65_536) {
            (memory.base + offset).initializeMemory(as: UInt8.self, repeating: 1, count: 1_420)
        }
        // No huge page stands behind a few bytes.
        #expect(try residentPages(of: memory) == Self.count / 65_536)
    }

    @Test func releasedMemoryIsNoLongerHeldAndCanBeUsedAgain() throws {
        let memory = try PacketMemory(count: Self.count)
        for byte in 1...2 as ClosedRange<UInt8> {
            memory.base.initializeMemory(as: UInt8.self, repeating: byte, count: Self.count)
            #expect(try residentPages(of: memory) == Self.count / Self.page)
            memory.release()
            #expect(try residentPages(of: memory) == 0)
            #expect(memory.base.loadUnaligned(fromByteOffset: Self.page, as: UInt64.self) == 0)
        }
    }

    @Test func endedMemoryGoesBack() throws {
        let base: UnsafeMutableRawPointer
        do {
            let memory = try PacketMemory(count: Self.count)
            memory.base.initializeMemory(as: UInt8.self, repeating: 1, count: Self.count)
            base = memory.base
        }
        var state: UInt8 = 0
        #expect(mincore(base, 1, &state) == -1 && errno == ENOMEM)
    }

    @Test func moreThanThereIsAddressSpaceIsRefused() throws {
        let error = #expect(throws: IOError.self) { try PacketMemory(count: 1 << 60) }
        #expect(error?.code == ENOMEM)
    }
}

/// How many of the pages from a page's beginning on the system has given memory for. Other than the process's resident
/// size, it says nothing of what other tests do meanwhile.
func residentPageCount(_ base: UnsafeMutableRawPointer, count: Int) throws -> Int {
    var states = [UInt8](repeating: 0, count: (count + 4_095) / 4_096)
    try #require(mincore(base, count, &states) == 0)
    return states.count { $0 & 1 != 0 }
}

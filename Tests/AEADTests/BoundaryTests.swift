import AEAD
import Glibc
import TestRandom
import Testing

/// Memory between two pages that may not be touched: whatever reads or writes a byte too many or too early crashes.
private final class FencedMemory {
    static let count = 32 * 4096
    private let mapping: UnsafeMutableRawPointer
    let start: UnsafeMutableRawPointer
    var end: UnsafeMutableRawPointer { start + Self.count }

    init() throws {
        let mapping = mmap(nil, Self.count + 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        self.mapping = try #require(mapping == MAP_FAILED ? nil : mapping)
        start = self.mapping + 4096
        try #require(mprotect(start, Self.count, PROT_READ | PROT_WRITE) == 0)
    }

    deinit {
        munmap(mapping, Self.count + 2 * 4096)
    }
}

@Suite struct BoundaryTests {
    static let counts = Array(0...272) + [511, 512, 513, 1023, 1024, 1025, 1279, 1280, 1420, 1500, 4095, 4096, 65_535]

    /// Sealed from one fenced memory to another and opened back, all of it at the very end or at the very beginning.
    @Test(arguments: AEADEngine.Kind.here, AEADAlgorithm.allCases)
    func nothingBesideThePacketIsTouched(_ kind: AEADEngine.Kind, _ algorithm: AEADAlgorithm) throws {
        var random = SeededRandom(8)
        let engine = try AEADEngine(kind)
        let key = try randomKey(algorithm, &random)
        let (plain, sealed, header) = (try FencedMemory(), try FencedMemory(), try FencedMemory())
        for count in Self.counts {
            let text = random.bytes(count)
            let headerCount = count % 34
            for atEnd in [true, false] {
                let source = atEnd ? plain.end - count : plain.start
                let destination = atEnd ? sealed.end - count - AEADAlgorithm.tagCount : sealed.start
                source.copyMemory(from: text, byteCount: count)
                var job = AEADJob(
                    source: source, destination: destination, count: count, counter: UInt64(count),
                    authenticated: atEnd ? header.end - headerCount : header.start, authenticatedCount: headerCount)
                withUnsafeMutablePointer(to: &job) { engine.seal(.init(start: $0, count: 1), with: key) }
                (job.source, job.destination) = (UnsafeRawPointer(destination), source)
                source.initializeMemory(as: UInt8.self, repeating: 0xff, count: count)
                withUnsafeMutablePointer(to: &job) { engine.open(.init(start: $0, count: 1), with: key) }
                #expect(job.isAuthentic)
                #expect(UnsafeRawBufferPointer(start: source, count: count).elementsEqual(text))
            }
        }
    }
}

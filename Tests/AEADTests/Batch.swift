import AEAD

/// What one job works on: plaintext to seal, or ciphertext with its tag to open.
struct Packet {
    var text: [UInt8]
    var counter: UInt64
    var header: [UInt8] = []
}

/// Jobs whose bytes lie in one piece of memory, each behind and before bytes that nothing may write.
struct Batch {
    enum Direction { case sealing, opening }

    /// Where one packet lies: its input, and its output at the same place or elsewhere.
    private struct Place {
        var source: Int
        var destination: Int
        var header: Int
        var count: Int
        var outputCount: Int
    }

    private static let guardByte: UInt8 = 0xa5
    private static let guardCount = 80

    private var memory: [UInt8]
    private var places: [Place] = []
    private var jobs: [AEADJob] = []
    private let packets: [Packet]

    /// `skew` is how many bytes the first address is off, and each after it again.
    init(_ packets: [Packet], _ direction: Direction, inPlace: Bool = true, skew: Int = 0) {
        self.packets = packets
        var end = Self.guardCount
        func take(_ count: Int) -> Int {
            defer { end += count + Self.guardCount + skew }
            return end
        }
        for packet in packets {
            let count = direction == .sealing ? packet.text.count : packet.text.count - AEADAlgorithm.tagCount
            let sealedCount = count + AEADAlgorithm.tagCount
            let source = take(inPlace ? sealedCount : packet.text.count)
            let outputCount = direction == .sealing ? sealedCount : count
            let destination = inPlace ? source : take(outputCount)
            places.append(
                Place(
                    source: source, destination: destination, header: take(packet.header.count), count: count,
                    outputCount: outputCount))
        }
        memory = [UInt8](repeating: Self.guardByte, count: end)
        for (packet, place) in zip(packets, places) {
            memory.replaceSubrange(place.source..<place.source + packet.text.count, with: packet.text)
            memory.replaceSubrange(place.header..<place.header + packet.header.count, with: packet.header)
        }
    }

    /// Runs all of it as one batch.
    mutating func run(_ work: (UnsafeMutableBufferPointer<AEADJob>) -> Void) {
        memory.withUnsafeMutableBytes { memory in
            guard let base = memory.baseAddress else { return }
            jobs = zip(packets, places).map { packet, place in
                AEADJob(
                    source: base + place.source, destination: base + place.destination, count: place.count,
                    counter: packet.counter, authenticated: packet.header.isEmpty ? nil : base + place.header,
                    authenticatedCount: packet.header.count)
            }
            jobs.withUnsafeMutableBufferPointer { work($0) }
        }
    }

    func output(_ index: Int) -> [UInt8] {
        let place = places[index]
        return Array(memory[place.destination..<place.destination + place.outputCount])
    }

    func isAuthentic(_ index: Int) -> Bool { jobs[index].isAuthentic }

    /// Whether no byte changed but the outputs'.
    var othersAreUntouched: Bool {
        var expected = [UInt8](repeating: Self.guardByte, count: memory.count)
        for (packet, place) in zip(packets, places) {
            expected.replaceSubrange(place.source..<place.source + packet.text.count, with: packet.text)
            expected.replaceSubrange(place.header..<place.header + packet.header.count, with: packet.header)
        }
        for place in places {
            let range = place.destination..<place.destination + place.outputCount
            expected.replaceSubrange(range, with: memory[range])
        }
        return memory == expected
    }
}

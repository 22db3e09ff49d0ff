import AEAD
import Addressing
import IPsec
import OpenSSL
import TestRandom
import Tunneling

extension ESPSuite {
    /// Every one that profiles have.
    static let all: [ESPSuite] = [false, true].flatMap { usesESN in
        [
            ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: usesESN),
            ESPSuite(encryption: .aes128GCM16, integrity: nil, usesESN: usesESN),
            ESPSuite(encryption: .chaCha20Poly1305, integrity: nil, usesESN: usesESN),
            ESPSuite(encryption: .aes256CBC, integrity: .hmacSHA256x128, usesESN: usesESN),
            ESPSuite(encryption: .aes128CBC, integrity: .hmacSHA384x192, usesESN: usesESN),
            ESPSuite(encryption: .aes128CBC, integrity: .hmacSHA512x256, usesESN: usesESN),
        ]
    }

    var keyingCount: Int { encryption.keyCount + encryption.saltCount + (integrity?.keyCount ?? 0) }
}

extension TrafficSelector {
    static let all: [TrafficSelector] = [
        .init(IPAddress(v4: 0), IPAddress(v4: .max)),
        .init(IPAddress(v6: 0), IPAddress(v6: .max)),
    ].compactMap { $0 }
}

/// Both ends of an SA in one direction, with lanes of one thread each.
struct ESPEnds {
    static let path = Path(endpoint: Endpoint(IPAddress(v4: 0x0A00_0001), port: 4500))
    let outbound: OutboundSA
    let inbound: InboundSA
    let keys: [UInt8]
    let table = SPITable(readers: 1)
    let sealer = ESPSealer(engine: AEADEngine())
    let opener = ESPOpener(engine: AEADEngine())

    init?(
        _ suite: ESPSuite, seed: UInt64 = 1, source: [TrafficSelector] = TrafficSelector.all,
        destination: [TrafficSelector] = TrafficSelector.all, firstNumber: UInt64 = 1
    ) {
        var random = SeededRandom(seed)
        self.init(
            suite, keys: random.bytes(suite.keyingCount), spi: .random(in: 0x100 ... .max, using: &random),
            source: source, destination: destination, firstNumber: firstNumber)
    }

    init?(
        _ suite: ESPSuite, keys: [UInt8], spi: UInt32, source: [TrafficSelector] = TrafficSelector.all,
        destination: [TrafficSelector] = TrafficSelector.all, firstNumber: UInt64 = 1
    ) {
        self.keys = keys
        let pair = SelectorPair(source: source, destination: destination)
        let secret = SecretBytes(copying: keys)
        guard
            let outbound = OutboundSA(
                spi: spi, inboundSPI: 0x1234, suite: suite, keys: secret,
                selectors: SelectorPair(source: TrafficSelector.all, destination: TrafficSelector.all),
                path: Self.path, firstNumber: firstNumber),
            let inbound = InboundSA(
                spi: spi, interface: 7, peer: 3, suite: suite, keys: secret, selectors: pair, path: Self.path)
        else { return nil }
        self.outbound = outbound
        self.inbound = inbound
        table.insert(inbound)
    }

    /// All in one batch; `nil` when there are no sequence numbers left.
    func seal(_ packets: [[UInt8]]) -> [[UInt8]]? {
        guard var run = outbound.beginSealing(packets.count) else { return nil }
        let head = ESPFormat.maximumHeadroom
        var memory = packets.map { packet in
            [UInt8](repeating: 0xA5, count: head) + packet
                + [UInt8](repeating: 0xA5, count: ESPFormat.maximumTailroom)
        }
        var places: [UnsafeMutableRawBufferPointer] = []
        var owned: [UnsafeMutableRawBufferPointer] = []
        for index in memory.indices {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: memory[index].count, alignment: 16)
            copy.copyBytes(from: memory[index])
            owned.append(copy)
            guard let base = copy.baseAddress else { return nil }
            places.append(sealer.add(base + head, count: packets[index].count, to: &run))
        }
        sealer.sealAll()
        outbound.endSealing(run)
        memory = places.map { Array($0) }
        for copy in owned { copy.deallocate() }
        return memory
    }

    enum Outcome: Equatable {
        case packet([UInt8])
        case dummy
        case dropped(ESPDropReason)
    }

    /// All in one batch.
    func open(_ datagrams: [[UInt8]], on path: Path = path, now: Instant = Instant(nanoseconds: 5)) -> [Outcome] {
        var outcomes: [Outcome?] = []
        var owned: [UnsafeMutableRawBufferPointer] = []
        var admitted: [Int] = []
        for datagram in datagrams {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: datagram.count, alignment: 16)
            copy.copyBytes(from: datagram)
            owned.append(copy)
            let reason = opener.admit(copy, on: path, of: table, reader: 0)
            if reason == nil { admitted.append(outcomes.count) }
            outcomes.append(reason.map { .dropped($0) })
        }
        opener.decrypt()
        var next = 0
        for run in opener.runs {
            _ = opener.finish(run, now: now) { opened in
                let outcome: Outcome =
                    switch opened {
                    case .packet(let packet, _): .packet(Array(packet))
                    case .dummy: .dummy
                    case .dropped(let reason): .dropped(reason)
                    }
                outcomes[admitted[next]] = outcome
                next += 1
            }
        }
        opener.removeAll()
        for copy in owned { copy.deallocate() }
        return outcomes.compactMap { $0 }
    }
}

/// IP packets of any length that a header can say.
enum InnerPackets {
    static func v4(_ payload: Int, _ random: inout SeededRandom, proto: UInt8 = 17) -> [UInt8] {
        let count = 20 + payload
        var packet: [UInt8] = [0x45, 0, UInt8(count >> 8), UInt8(count & 0xFF), 0, 0, 0, 0, 64, proto, 0, 0]
        packet += [10, 1, 0, 1, 10, 2, 0, 1]
        return packet + random.bytes(payload)
    }

    static func v6(_ payload: Int, _ random: inout SeededRandom, proto: UInt8 = 17) -> [UInt8] {
        [0x60, 0, 0, 0, UInt8(payload >> 8), UInt8(payload & 0xFF), proto, 64]
            + [0xFD] + [UInt8](repeating: 1, count: 15) + [0xFD] + [UInt8](repeating: 2, count: 15)
            + random.bytes(payload)
    }
}

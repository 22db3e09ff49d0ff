import AEAD
import Addressing
import IPsec
import OpenSSL
import Tunneling

/// libFuzzer's entry: a script of what comes to the port that IKE and ESP share, for an SA whose suite its first byte chooses.
///
/// Each step is an opcode byte with its operands; see `FuzzSession.step`. Texts of the script's own are sealed under the SA's key:
/// so the fuzzer gets past the cryptography to padding, trailers, inner packets and selectors. What comes out is compared with
/// a plain reading of the standard.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzESP(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 1 else { return 0 }
    var session = FuzzSession(script: UnsafeBufferPointer(start: data, count: min(count, 4096)))
    session?.run()
    return 0
}

private struct FuzzSession {
    private static let paths = (1...2 as ClosedRange<UInt32>).map {
        Path(endpoint: Endpoint(IPAddress(v4: 0xC000_0200 + $0), port: 4500))
    }
    // Invariant of `nonisolated(unsafe)`: the fuzzer has one thread.
    nonisolated(unsafe) private static let engine = AEADEngine()

    private var script: ArraySlice<UInt8>
    private let peer: SealingPeer
    private let inbound: InboundSA
    private let outbound: OutboundSA
    private let model: SelectorModel
    private let table = SPITable(readers: 1)
    private let opener = ESPOpener(engine: Self.engine)
    private let sealer = ESPSealer(engine: Self.engine)

    /// What was admitted and not opened yet: its memory, and what is to come of it.
    private var admitted: [(memory: UnsafeMutableRawBufferPointer, expected: Expected)] = []
    /// Datagrams that were genuine, newest last; bounded.
    private var wire: [(bytes: [UInt8], expected: Expected)] = []
    private var seen: Set<UInt64> = []
    private var highest: UInt64 = 0
    private var letIn = SAUsage()

    private struct Expected {
        /// `nil`: it is not authentic.
        let number: UInt64?
        let text: [UInt8]
    }

    init?(script: UnsafeBufferPointer<UInt8>) {
        let choice = script[0]
        self.script = Array(script.dropFirst())[...]
        let suite = SealingPeer.suites[Int(choice >> 2) % SealingPeer.suites.count]
        let (usesESN, isNarrow) = (choice & 1 != 0, choice & 2 != 0)
        let sized = ESPSuite(encryption: suite.0, integrity: suite.1, usesESN: usesESN)
        model = SelectorModel(isNarrow: isNarrow)
        let peer = SealingPeer(sized, Self.engine)
        let selectors = SelectorPair(source: model.source, destination: model.destination)
        guard let peer,
            let inbound = InboundSA(
                spi: SealingPeer.spi, interface: 1, peer: 1, suite: sized, keys: peer.keys, selectors: selectors,
                path: Self.paths[0]),
            let outbound = OutboundSA(
                spi: SealingPeer.spi, inboundSPI: 1, suite: sized, keys: peer.keys, selectors: selectors,
                path: Self.paths[0], firstNumber: 1 << 30)
        else { return nil }
        self.peer = peer
        self.inbound = inbound
        self.outbound = outbound
        table.insert(inbound)
    }

    mutating func run() {
        while let opcode = script.popFirst() { step(opcode) }
        open()
        precondition(inbound.usage == letIn, "counted something else")
    }

    private mutating func operand() -> UInt8 { script.popFirst() ?? 0 }

    private mutating func bytes() -> [UInt8] {
        let count = Int(operand())
        defer { script = script.dropFirst(count) }
        return Array(script.prefix(count))
    }

    private mutating func step(_ opcode: UInt8) {
        let path = Self.paths[Int(opcode & 1)]
        switch (opcode >> 1) % 9 {
        case 0:  // A raw datagram.
            take(bytes(), Expected(number: nil, text: []), on: path)
        case 1:  // The same, with the SA's SPI.
            take(peer.header + bytes(), Expected(number: nil, text: []), on: path)
        case 2:  // A text, sealed, with a number after the greatest.
            seal(bytes(), at: highest + 1 + UInt64(operand()), on: path)
        case 3:  // A text with a number near the window's lower end, or far ahead.
            let number = highest + UInt64(operand()) << (operand() & 15)
            let behind = ReplayWindow.width + UInt64(operand())
            seal(bytes(), at: number > behind ? number - behind : 0, on: path)
        case 4:  // An IP packet with so much payload, by the product's own sealer.
            sealPacket(isV6: operand() & 1 == 1, payload: Int(min(operand(), 235)), on: path)
        case 5:  // A datagram again.
            if let message = pick() { take(message.bytes, message.expected, on: path) }
        case 6:  // The same with a byte changed.
            guard var message = pick() else { return }
            message.bytes[Int(operand()) % message.bytes.count] ^= max(1, operand())
            take(message.bytes, Expected(number: nil, text: []), on: path)
        case 7:  // Cut short.
            guard let message = pick() else { return }
            let count = Int(operand())
            if count < message.bytes.count {
                take(Array(message.bytes.prefix(count)), Expected(number: nil, text: []), on: path)
            }
        default: open()
        }
    }

    private mutating func pick() -> (bytes: [UInt8], expected: Expected)? {
        let back = Int(operand())
        return wire.isEmpty ? nil : wire[wire.count - 1 - back % wire.count]
    }

    // MARK: What the peer sends

    private mutating func seal(_ text: [UInt8], at number: UInt64, on path: Path) {
        guard let whole = peer.wholeBlocks(text) else { return }
        let number = peer.suite.usesESN ? number : number & UInt64(UInt32.max)
        send(peer.seal(whole, number: number), Expected(number: number, text: whole), on: path)
    }

    private mutating func sealPacket(isV6: Bool, payload: Int, on path: Path) {
        let header: [UInt8] =
            isV6
            ? [0x60, 0, 0, 0, 0, UInt8(payload), 17, 64] + [UInt8](repeating: 0xFD, count: 32)
            : [0x45, 0, 0, UInt8(20 + payload), 0, 0, 0, 0, 64, 17, 0, 0]
                + [10, 1, 0, 1, 10, 2, 0, 1]
        let packet = header + [UInt8](repeating: 1, count: payload)
        guard var run = outbound.beginSealing(1) else { return }
        let number = outbound.sequence.used
        let head = ESPFormat.maximumHeadroom
        var memory = [UInt8](repeating: 0, count: head) + packet
        memory += [UInt8](repeating: 0, count: ESPFormat.maximumTailroom)
        let datagram = memory.withUnsafeMutableBytes { memory -> [UInt8] in
            guard let base = memory.baseAddress else { return [] }
            let place = sealer.add(base + head, count: packet.count, to: &run)
            sealer.sealAll()
            return Array(place)
        }
        outbound.endSealing(run)
        // Padding may be any; what comes out is the packet.
        let text = packet + [0, packet[0] >> 4 == 4 ? 4 : 41]
        send(datagram, Expected(number: number, text: text), on: path)
    }

    private mutating func send(_ datagram: [UInt8], _ expected: Expected, on path: Path) {
        wire.append((datagram, expected))
        if wire.count > 64 { wire.removeFirst() }
        take(datagram, expected, on: path)
    }

    // MARK: The port

    private mutating func take(_ datagram: [UInt8], _ expected: Expected, on path: Path) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: datagram.count, alignment: 16)
        memory.copyBytes(from: datagram)
        let kind = ESPDatagram(UnsafeRawBufferPointer(memory))
        precondition((kind == .keepalive) == (datagram == [0xFF]), "a keepalive is one byte")
        precondition((kind == .ike) == (datagram.count >= 4 && datagram.starts(with: [0, 0, 0, 0])), "a marker")
        guard kind == .esp else { return memory.deallocate() }
        // Numbers are told by what was authenticated before.
        if opener.isFull || isFar(expected) { open() }
        guard let reason = opener.admit(memory, on: path, of: table, reader: 0) else {
            return admitted.append((memory, expected))
        }
        memory.deallocate()
        switch reason {
        case .malformed: precondition(expected.number == nil, "a genuine packet has no form")
        case .unknownSPI: precondition(!datagram.starts(with: SealingPeer.spiBytes), "the SA is unknown")
        case .replayed: precondition(expected.number.map { !isReadable($0) } ?? true, "a number that can be")
        default: preconditionFailure("refused for \(reason) without having been opened")
        }
    }

    private func isFar(_ expected: Expected) -> Bool { expected.number.map { $0 > highest + 1 << 24 } ?? false }

    /// Whether a packet's lower half alone tells the number.
    private func isReadable(_ number: UInt64) -> Bool {
        guard peer.suite.usesESN else { return number > 0 && number >> 32 == 0 }
        return number > 0
            && ExtendedSequence.number(lower: UInt32(truncatingIfNeeded: number), highest: highest) == number
    }

    private mutating func open() {
        let top = highest
        opener.decrypt()
        var next = 0
        for run in opener.runs {
            var outcomes: [ESPOpened] = []
            _ = opener.finish(run, now: Instant(nanoseconds: 1)) { outcomes.append($0) }
            // The window has taken in a run before its packets are told of.
            let first = next
            next += outcomes.count
            for (index, outcome) in outcomes.enumerated() { check(outcome, admitted[first + index].expected, top) }
        }
        precondition(next == admitted.count, "a packet was forgotten")
        opener.removeAll()
        for entry in admitted { entry.memory.deallocate() }
        admitted = []
    }

    /// - Parameter top: the greatest number when the packet was admitted.
    private mutating func check(_ outcome: ESPOpened, _ expected: Expected, _ top: UInt64) {
        let isOurs = expected.number.map { number in
            peer.suite.usesESN
                ? number > 0
                    && ExtendedSequence.number(lower: UInt32(truncatingIfNeeded: number), highest: top) == number
                : number >> 32 == 0
        }
        guard let number = expected.number, isOurs == true else {
            guard case .dropped(.unauthenticated) = outcome else { preconditionFailure("a forgery was let in") }
            return
        }
        let isNew = highest < ReplayWindow.width + number && seen.insert(number).inserted
        guard isNew else {
            guard case .dropped(.replayed) = outcome else { preconditionFailure("a replay was let in") }
            return
        }
        highest = max(highest, number)
        switch (model.read(expected.text), outcome) {
        case (.packet(let packet), .packet(let opened, let room)):
            precondition(opened.elementsEqual(packet) && room >= packet.count, "another packet")
            letIn.packets += 1
            letIn.bytes += UInt64(packet.count)
        case (.dummy, .dummy), (.notIP, .dropped(.notIP)), (.outside, .dropped(.outsideSelectors)): break
        default: preconditionFailure("the standard reads it otherwise")
        }
    }
}

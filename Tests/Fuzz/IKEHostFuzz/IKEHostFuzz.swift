import Addressing
import IPsec
import OpenSSL
import TestRoguePeer
import Tunneling

/// libFuzzer's entry: a script of what a peer says to a host after the Diffie-Hellman exchange, its messages sealed as they have to
/// be: so the fuzzer gets past decryption, to every exchange and state behind it.
///
/// The first byte says whether host or peer begins. Each step is an opcode byte with its operands; see `FuzzSession.step`. Nothing
/// may trap, nobody gets a CHILD SA without having proven who they are, and what the host keeps is bounded.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIKEHost(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 1 else { return 0 }
    var session = FuzzSession(script: UnsafeBufferPointer(start: data, count: min(count, 4096)))
    session?.run()
    return 0
}

/// The same bytes on every run, but for the keys that OpenSSL makes.
private final class Counter: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: a host calls its environment on the fuzzer's only thread.
    private var state: UInt64 = 1

    func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for index in buffer.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            buffer[index] = UInt8(truncatingIfNeeded: state >> 33)
        }
    }
}

private struct FuzzSession {
    private static let id = ConnectionID(interface: 1, name: "rogue")
    private static let path = IKEPath(
        remote: Endpoint(IPAddress(v4: 0xC000_0202), port: 4500), localPort: IKEPath.encapsulationPort)
    private static let otherPath = IKEPath(
        remote: Endpoint(IPAddress(v4: 0xC000_0203), port: 1025), localPort: IKEPath.encapsulationPort)

    private var script: ArraySlice<UInt8>
    private let host: IKEHost
    private var peer: RoguePeer
    private var now = Instant(nanoseconds: 1_000_000_000_000)
    /// The host's last request.
    private var question: (header: IKEHeader, content: MessageContent)?
    private var hasProof = false

    init?(script: UnsafeBufferPointer<UInt8>) {
        self.script = Array(script.dropFirst())[...]
        let counter = Counter()
        let host = IKEHost(
            environment: Environment(
                random: { counter.fill($0) }, wallTime: { WallTime(seconds: 1_800_000_000, nanoseconds: 0) }))
        let (now, hostBegins) = (now, script[0] & 1 == 1)
        host.put(Self.connection(hostBegins: hostBegins), now: now)
        let peer: RoguePeer?
        if hostBegins {
            guard let request = host.takeOutbox().first else { return nil }
            peer = RoguePeer(answering: request.bytes) { host.receive($0, on: Self.path, now: now) }
        } else {
            peer = RoguePeer { request in
                host.receive(request, on: Self.path, now: now)
                return host.takeOutbox().first?.bytes
            }
        }
        guard let peer else { preconditionFailure("no IKE_SA_INIT") }
        self.host = host
        self.peer = peer
    }

    private static func connection(hostBegins: Bool) -> Connection {
        let everything = [TrafficSelector.everything(.v4)]
        var connection = Connection(
            id: id, local: .sharedKey(RoguePeer.secret), localIdentity: .fqdn("host.example"),
            remote: .sharedKey(RoguePeer.secret), remoteIdentities: [.any], localSelectors: everything,
            remoteSelectors: everything)
        connection.start = hostBegins ? .atOnce : .never
        if hostBegins { connection.remoteEndpoints = [Endpoint(path.remote.address, port: 500)] }
        connection.addressPool = IPPrefix("10.9.0.0/29").map { AddressPool(prefixes: [$0]) }
        return connection
    }

    mutating func run() {
        collect()
        while let opcode = script.popFirst() {
            step(opcode)
            collect()
        }
    }

    private mutating func operand() -> UInt8 { script.popFirst() ?? 0 }

    private mutating func bytes() -> [UInt8] {
        let count = Int(operand()) | Int(operand() & 3) << 8
        defer { script = script.dropFirst(count) }
        return Array(script.prefix(count))
    }

    /// IKE_AUTH, CREATE_CHILD_SA, INFORMATIONAL, or any.
    private mutating func exchange() -> ExchangeType {
        let choice = operand()
        return [ExchangeType.ikeAuth, .createChildSA, .informational][Int(choice) % 4, default: choice]
    }

    private mutating func step(_ opcode: UInt8) {
        let path = opcode & 1 == 1 ? Self.otherPath : Self.path
        switch (opcode >> 1) % 9 {
        case 0:  // Any payloads in a request.
            let (exchange, first) = (exchange(), PayloadType(rawValue: operand()))
            send(peer.seal(exchange, answering: nil, first, bytes()), on: path)
        case 1:  // Any payloads in the answer to the host's last request.
            guard let question else { return }
            let first = PayloadType(rawValue: operand())
            send(peer.seal(question.header.exchange, answering: question.header.messageID, first, bytes()), on: path)
        case 2:  // A fragment of a request.
            let (exchange, first) = (exchange(), PayloadType(rawValue: operand()))
            let (number, total) = (UInt16(operand()), UInt16(operand()))
            send(peer.sealFragment(exchange, number, of: total, first, bytes()), on: path)
        case 3:  // Who we are, and the proof.
            guard let payloads = peer.authentication(to: question?.content) else { return }
            hasProof = true
            let answered = peer.isInitiator ? nil : question?.header.messageID
            send(peer.seal(.ikeAuth, answering: answered, payloads), on: path)
        case 4:  // Another CHILD SA, or one in place of ours.
            let replaces = operand() & 1 == 1 ? RoguePeer.childSPI : nil
            send(peer.seal(.createChildSA, peer.child(inPlaceOf: replaces)), on: path)
        case 5:  // An answer without anything in it.
            guard let question else { return }
            send(peer.seal(question.header.exchange, answering: question.header.messageID, .none, []), on: path)
        case 6:  // Time passes, and what is due is done.
            now = now + .milliseconds(UInt64(operand()) * 500)
            host.advance(to: now)
        case 7:
            host.rekey(Self.id, operand() & 1 == 1 ? .ike : .children, now: now)
        default:  // What nobody sealed.
            send(bytes(), on: path)
        }
    }

    private func send(_ datagram: [UInt8], on path: IKEPath) {
        host.receive(datagram, on: path, now: now)
    }

    /// What the host says and wants.
    private mutating func collect() {
        for event in host.takeEvents() {
            if case .childReady = event { precondition(hasProof, "a CHILD SA for a stranger") }
        }
        let outbox = host.takeOutbox()
        precondition(outbox.count <= 256, "many datagrams for one")
        for datagram in outbox where datagram.kind == .message {
            if let message = peer.open(datagram.bytes), !message.header.isResponse { question = message }
        }
        let peers = host.snapshot().flatMap(\.peers)
        precondition(peers.count <= 4 && peers.allSatisfy { $0.children.count <= 200 }, "kept without bound")
        if let deadline = host.nextDeadline { precondition(deadline != .never, "a deadline that never comes") }
    }
}

extension [ExchangeType] {
    fileprivate subscript(index: Int, default number: UInt8) -> ExchangeType {
        index < count ? self[index] : ExchangeType(rawValue: number)
    }
}

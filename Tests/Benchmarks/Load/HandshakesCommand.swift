internal import Addressing
internal import ArgumentParser
internal import OpenSSL
internal import PacketIO
import Tunneling
internal import WireGuard

/// Real handshakes by many peers against one responder, at a rate that does not put it under load: there it would ask for
/// cookies instead of doing handshakes.
struct HandshakesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handshakes",
        abstract: "Be many peers that do handshakes, and count those that ended in a session.")

    @Option(help: "The responder.")
    var to: Endpoint

    @Option(help: "The responder's public key, in hexadecimal.")
    var responder: String

    @Option(help: "Peers that take turns; the responder takes 50 a second from each.")
    var peers = 1000

    @Option(help: "Initiations a second, of all peers.")
    var rate = 500.0

    @Option var seconds = 1.0

    private static let settlingMilliseconds: UInt64 = 200

    func validate() throws {
        guard peers > 0, rate > 0, seconds > 0 else {
            throw ValidationError("--peers, --rate and --seconds are more than 0")
        }
    }

    func run() throws {
        guard let key = PublicKey(hexadecimal: responder), var initiators = Initiators(count: peers, responder: key)
        else { throw ValidationError("--responder is 64 hexadecimal digits") }
        let socket = try DatagramSocket(to: to)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)
        defer { buffer.deallocate() }
        var counts = (initiations: UInt32(0), sessions: 0, cookies: 0, invalid: 0)

        func takeAnswers() {
            while let count = socket.receive(buffer) {
                switch initiators.take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                case .session: counts.sessions += 1
                case .cookie: counts.cookies += 1
                case .invalid: counts.invalid += 1
                }
            }
        }

        announceReady()
        var pacer = Pacer(perSecond: rate, seconds: seconds)
        while let due = pacer.next(limit: 1) {
            for _ in 0..<due {
                initiators.initiation(counts.initiations).withUnsafeBytes { socket.send($0) }
                counts.initiations += 1
            }
            takeAnswers()
        }
        let nanoseconds = MonotonicTime.now.nanoseconds(since: pacer.start)
        Pacer.sleep(milliseconds: Self.settlingMilliseconds)
        takeAnswers()
        printReport([
            "initiations": Double(counts.initiations), "handshakes": Double(counts.sessions),
            "cookies": Double(counts.cookies), "invalid": Double(counts.invalid),
            "seconds": Double(nanoseconds) / 1e9,
        ])
    }
}

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Print the public keys of the peers of `handshakes`, in hexadecimal.")

    @Option var peers = 1000

    func run() {
        for index in 0..<peers { print(Initiators.key(index).publicKey) }
    }
}

extension PublicKey {
    fileprivate init?(hexadecimal text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count == 2 * Self.byteCount else { return nil }
        self.init(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}

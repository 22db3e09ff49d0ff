import Addressing
import DataPath
import IPsec
import OpenSSL
import PacketIO
import Synchronization
import TestRandom
import Tunneling

/// A stand-in with an IPsec port of its own, whose SAs the test makes.
final class IPsecStandIn: Sendable {
    static let suite = ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: true)
    static let everything = [
        TrafficSelector(IPAddress(v4: 0), IPAddress(v4: .max)), TrafficSelector(IPAddress(v6: 0), IPAddress(v6: .max)),
    ].compactMap { $0 }

    let standIn: StandIn
    let sockets: [UDPSockets]
    let table: SPITable
    let inbox = IKEInbox {}
    let ingress = IngressCounters()
    private let id: UInt64
    private let peers = Mutex<[(peer: IPsecPeer, allowedIPs: [IPPrefix])]>([])

    init(id: UInt64, worker: Worker, others: [Worker] = []) throws {
        self.id = id
        standIn = try StandIn(id: id, worker: worker, others: others)
        let workers = [worker] + others
        sockets = try UDPSockets.share(port: 0, among: workers.count)
        table = SPITable(readers: workers.count)
        for (index, worker) in workers.enumerated() {
            let ports = IPsecIngress.Ports(
                sockets: sockets[index], table: table, reader: index, inbox: inbox, counters: ingress)
            try worker.mailbox.ask { try $0.setIngress(ports) }
        }
    }

    var port: UInt16 { sockets[0].port }

    /// A peer at a port of this machine, with no SA yet.
    func add(_ prefixes: [String], number: UInt32) throws -> IPsecPeer {
        let inbox = inbox
        let peer = IPsecPeer(
            number: number, name: "peer-\(number)", room: WaitingRoom(),
            wanted: { [id] in inbox.put(.wanted(interface: id, peer: number)) },
            mayGo: { [interface = standIn.interface] in interface.sendWaiting(toIPsecPeer: number) })
        peers.withLock { $0.append((peer, prefixes.compactMap { IPPrefix($0) })) }
        let routes = IPsecRoutes(peers.withLock { $0 }, sockets: sockets)
        try standIn.interface.perform { $0.ipsec = routes }
        return peer
    }

    /// Makes a pair of SAs between two.
    static func connect(
        _ a: (side: IPsecStandIn, peer: IPsecPeer), _ b: (side: IPsecStandIn, peer: IPsecPeer),
        suite: ESPSuite = suite, seed: UInt64 = 1, from: [TrafficSelector] = everything,
        to: [TrafficSelector] = everything
    ) throws {
        var random = SeededRandom(seed)
        let spis = (
            a: UInt32.random(in: 256 ... .max, using: &random), b: UInt32.random(in: 256 ... .max, using: &random)
        )
        let count = suite.encryption.keyCount + suite.encryption.saltCount + (suite.integrity?.keyCount ?? 0)
        let keys = (
            a: SecretBytes(copying: random.bytes(count)), b: SecretBytes(copying: random.bytes(count))
        )
        let (forth, back) = (
            SelectorPair(source: from, destination: to), SelectorPair(source: to, destination: from)
        )
        try a.side.install(
            a.peer, spis: (spis.a, spis.b), keys: (keys.a, keys.b), suite, out: forth, in: back, port: b.side.port)
        try b.side.install(
            b.peer, spis: (spis.b, spis.a), keys: (keys.b, keys.a), suite, out: back, in: forth, port: a.side.port)
    }

    private func install(
        _ peer: IPsecPeer, spis: (in: UInt32, out: UInt32), keys: (in: SecretBytes, out: SecretBytes),
        _ suite: ESPSuite, out: SelectorPair, in: SelectorPair, port: UInt16
    ) throws {
        let path = Path(endpoint: Endpoint(IPAddress(v4: 0x7F00_0001), port: port))
        guard
            let inbound = InboundSA(
                spi: spis.in, interface: id, peer: peer.number, suite: suite, keys: keys.in, selectors: `in`, path: path
            ),
            let outbound = OutboundSA(
                spi: spis.out, inboundSPI: spis.in, suite: suite, keys: keys.out, selectors: out, path: path)
        else { throw EngineError.invalid("keys") }
        table.insert(inbound)
        peer.add(outbound)
        peer.release()
    }
}

import Addressing
import Glibc
import OpenSSL
import Tunneling
import WireGuard

// What many peers and many rules cost: `cvlan-peers handshakes|quiet|sessions|change|rules|sas [COUNT]`.

func computedNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    fgets(&line, Int32(line.count), file)
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
        separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
}

let environment = Environment(
    random: { SecureRandom.fill($0) },
    wallTime: {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: Int64(time.tv_sec), nanoseconds: UInt32(time.tv_nsec))
    })

func makeDevice() -> Device {
    let device = Device(environment: environment)
    device.setPrivateKey(.random(), now: Instant(nanoseconds: 1))
    return device
}

func address(_ number: Int) -> IPAddress { IPAddress(v4: 0x0A00_0000 + UInt32(number)) }
func addressV6(_ number: Int) -> IPAddress { IPAddress(v6: 0xFD << 120 + UInt128(number)) }
func endpoint(_ number: Int) -> Endpoint { Endpoint(IPAddress(v4: 0xC612_0000 + UInt32(number)), port: 51820) }

func addQuietPeer(_ number: Int, to device: Device, _ key: PublicKey) -> PeerID? {
    guard let peer = device.addPeer(key) else { return nil }
    device.setEndpoint(endpoint(number), of: peer, now: Instant(nanoseconds: 1))
    device.addAllowedIP(IPPrefix(host: address(number)), to: peer)
    device.addAllowedIP(IPPrefix(host: addressV6(number)), to: peer)
    return peer
}

func randomKey() -> PublicKey { PublicKey { SecureRandom.fill($0) } }

func deliver(_ datagrams: [Outgoing], to device: Device, now: Instant) {
    for datagram in datagrams {
        var bytes = datagram.bytes
        _ = bytes.withUnsafeMutableBytes { device.receive($0, from: endpoint(0), via: nil, now: now) }
    }
}

/// Rounds of initiation, response and confirmation between two devices, each of whose parts are counted apart.
func measureHandshakes(_ count: Int) {
    let initiator = makeDevice()
    let responder = makeDevice()
    guard let there = initiator.publicKey.flatMap({ responder.addPeer($0) }),
        let here = responder.publicKey.flatMap({ initiator.addPeer($0) })
    else { return }
    var now = Instant(nanoseconds: 1_000_000_000)
    initiator.setEndpoint(endpoint(1), of: here, now: now)
    responder.setEndpoint(endpoint(0), of: there, now: now)
    var spent: (initiator: UInt64, responder: UInt64) = (0, 0)
    for _ in 0..<count {
        now = now + .seconds(6)
        let start = computedNanoseconds()
        initiator.startHandshake(with: here, now: now)
        let initiation = initiator.takeOutbox()
        let begun = computedNanoseconds()
        deliver(initiation, to: responder, now: now)
        let response = responder.takeOutbox()
        let answered = computedNanoseconds()
        deliver(response, to: initiator, now: now)
        let confirmation = initiator.takeOutbox()
        let finished = computedNanoseconds()
        deliver(confirmation, to: responder, now: now)
        let confirmed = computedNanoseconds()
        spent.initiator += (begun - start) + (finished - answered)
        spent.responder += (answered - begun) + (confirmed - finished)
    }
    let done = Int(responder.statistics(of: there)?.handshakes ?? 0)
    guard done == count else { return print("only \(done) of \(count) handshakes went through") }
    for (name, spent) in [("initiator", spent.initiator), ("responder", spent.responder)] {
        let each = Double(spent) / Double(count)
        print("\(name): \(each / 1000) us a handshake, \(Int(1e9 / each)) a CPU second")
    }
}

func measureQuietPeers(_ count: Int) {
    let device = makeDevice()
    let before = residentBytes()
    for number in 0..<count { _ = addQuietPeer(number, to: device, randomKey()) }
    print("\((residentBytes() - before) / count) bytes of resident memory a quiet peer")
    withExtendedLifetime(device) {}
}

/// A hub with sessions: each was made by a device of its own, which is gone.
func measureSessions(_ count: Int) {
    let hub = makeDevice()
    var now = Instant(nanoseconds: 1_000_000_000)
    let before = residentBytes()
    for number in 0..<count {
        now = now + .milliseconds(1)
        let spoke = makeDevice()
        guard let key = spoke.publicKey, addQuietPeer(number, to: hub, key) != nil,
            let peer = hub.publicKey.flatMap({ spoke.addPeer($0) })
        else { return }
        spoke.setEndpoint(endpoint(1), of: peer, now: now)
        spoke.startHandshake(with: peer, now: now)
        deliver(spoke.takeOutbox(), to: hub, now: now)
        deliver(hub.takeOutbox(), to: spoke, now: now)
        deliver(spoke.takeOutbox(), to: hub, now: now)
    }
    print("\((residentBytes() - before) / count) bytes of resident memory a peer with a session")
    withExtendedLifetime(hub) {}
}

/// One peer more among many, and one less.
func measureChange(_ count: Int) {
    let device = makeDevice()
    for number in 0..<count { _ = addQuietPeer(number, to: device, randomKey()) }
    let rounds = 1000
    let keys = (0..<rounds).map { _ in randomKey() }
    let start = computedNanoseconds()
    let peers = keys.enumerated().compactMap { addQuietPeer(count + $0, to: device, $1) }
    let added = computedNanoseconds()
    for peer in peers { device.removePeer(peer) }
    let removed = computedNanoseconds()
    print(
        "among \(count): \(Double(added - start) / 1e6) us to add a peer, \(Double(removed - added) / 1e6) to remove it"
    )
}

let arguments = CommandLine.arguments
let count = arguments.count > 2 ? Int(arguments[2]) ?? 10_000 : 10_000
switch arguments.count > 1 ? arguments[1] : "" {
case "handshakes": measureHandshakes(count)
case "quiet": measureQuietPeers(count)
case "sessions": measureSessions(count)
case "change": measureChange(count)
case "rules": measureRules(count)
case "sas": measureSAs(count)
default: print("usage: cvlan-peers handshakes|quiet|sessions|change|rules|sas [COUNT]")
}

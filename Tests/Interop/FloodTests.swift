import Addressing
import Foundation
import OpenSSL
import PacketIO
import Synchronization
import TestDatagrams
import TestLab
import TestTunnels
import Testing

/// Somebody who knows the responder's public key sends more handshake initiations than it can work on. Those who prove
/// that they receive at their address (a cookie, then a second MAC) get through.
@Suite(.serialized) struct FloodTests {
    @Test(arguments: Pairing.all)
    func aHandshakeGetsThroughAFlood(_ pairing: Pairing) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing)
            // The flood comes by a cable of its own.
            let attacker = try lab.namespace("attacker")
            try lab.connect(attacker, ["198.51.100.1/24"], pair.right.namespace, ["198.51.100.2/24"])
            let cookies = try pair.left.namespace.start(
                "tcpdump", "tcpdump", "-n", "-l", "-i", pair.leftCable, "--immediate-mode",
                "udp src port 51820 and src host \(pair.underlay.right) and udp[8] = 3")
            try await eventually("tcpdump listens") { cookies.log.contains("listening on") }

            let sockets = try inNamespace(attacker) { try UDPSockets(port: 0) }
            let flood = try Flood(
                of: Self.initiation(for: pair.right.keys.publicKey), to: #require(Endpoint("198.51.100.2:51820")),
                from: sockets, perMillisecond: pairing.responder == .cvland ? 5 : 60)
            defer { flood.stop() }
            try await eventually("a cookie is sent", within: .seconds(60)) {
                // A peer that is put anew has no session: it makes one, until that meets the flood.
                try pair.left.namespace.run(
                    "wg", "set", pair.left.interface, "peer", pair.right.keys.publicKey, "remove")
                try pair.configureLeft()
                _ = try pair.left.namespace.reaches("10.0.0.2")
                return cookies.log.contains("UDP, length 64")
            }
            try await eventually("a handshake with a cookie", within: .seconds(60)) {
                try pair.left.namespace.reaches("10.0.0.2")
            }
            #expect(flood.stop() > 1000)
        }
    }

    /// Handshakes have a share of the time: what is sent meanwhile arrives.
    @Test func dataGoesOnInAFloodFromManySources() async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: .cvland, responder: .cvland))
            let attacker = try lab.namespace("attacker")
            let sources = (10..<210).map { "198.51.100.\($0)" }
            try lab.connect(attacker, sources.map { "\($0)/24" }, pair.right.namespace, ["198.51.100.2/24"])
            try await pair.expectTraffic()

            let sockets = try inNamespace(attacker) { try UDPSockets(port: 0) }
            let flood = try Flood(
                of: Self.initiation(for: pair.right.keys.publicKey), to: #require(Endpoint("198.51.100.2:51820")),
                from: sockets, at: sources.compactMap { IPAddress($0) }, perMillisecond: 10)
            defer { flood.stop() }
            let ping = try pair.left.namespace.start("ping", "ping", "-n", "-q", "-i", "0.01", "-c", "1000", "10.0.0.2")
            try await ping.waitForExit(within: .seconds(60))
            #expect(flood.stop() > 10_000)
            let received = ping.log.firstMatch(of: /(\d+) received/).flatMap { Int($0.1) }
            #expect(try #require(received) >= 980, "\(ping.log)")
        }
    }

    /// A handshake initiation of random bytes, with the first MAC that makes it worth a look.
    private static func initiation(for publicKey: String) throws -> [UInt8] {
        let key = try #require(Data(base64Encoded: publicKey))
        var message: [UInt8] = [1, 0, 0, 0] + (0..<112).map { _ in UInt8.random(in: 0...255) }
        var mac = [UInt8](repeating: 0, count: 16)
        let label = Array("mac1----".utf8)
        label.withUnsafeBytes { label in
            Array(key).withUnsafeBytes { key in
                BLAKE2s.hash(label, key).withUnsafeBytes { key in
                    message.withUnsafeBytes { message in
                        mac.withUnsafeMutableBytes { BLAKE2s.mac(key: key, message, into: $0) }
                    }
                }
            }
        }
        message += mac + [UInt8](repeating: 0, count: 16)
        return message
    }
}

/// Sends one message again and again, on a thread of its own.
private final class Flood: Sendable {
    private let isStopped = Atomic(false)
    private let sent = Atomic(0)
    private let thread = Mutex<pthread_t?>(nil)
    private let message: [UInt8]
    private let target: Endpoint
    private let sockets: UDPSockets
    private let sources: [IPAddress]
    private let perMillisecond: Int

    /// - Parameter sources: addresses that it comes from in turn; none: the one that the system chooses.
    init(
        of message: [UInt8], to target: Endpoint, from sockets: UDPSockets, at sources: [IPAddress] = [],
        perMillisecond: Int
    ) throws {
        self.message = message
        self.target = target
        self.sockets = sockets
        self.sources = sources
        self.perMillisecond = perMillisecond
        try thread.withLock { thread in
            var created = pthread_t()
            let status = pthread_create(
                &created, nil,
                { argument in
                    if let argument { Unmanaged<Flood>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            try #require(status == 0)
            thread = created
        }
    }

    private func run() {
        let outgoing = OutgoingDatagrams()
        var turn = 0
        while !isStopped.load(ordering: .relaxed) {
            outgoing.removeAll()
            for _ in 0..<perMillisecond {
                let source = sources.isEmpty ? nil : sources[turn % sources.count]
                turn += 1
                // Another tag for another source, so that they do not go as one piece.
                outgoing.add(message, to: target, from: source, tag: source == nil ? 1 : UInt64(turn))
            }
            if sockets.send(outgoing.queue) { sent.add(perMillisecond, ordering: .relaxed) }
            usleep(1000)
        }
    }

    /// Returns how many messages were sent.
    @discardableResult
    func stop() -> Int {
        isStopped.store(true, ordering: .relaxed)
        thread.withLock { thread in
            if let thread { pthread_join(thread, nil) }
            thread = nil
        }
        return sent.load(ordering: .relaxed)
    }
}

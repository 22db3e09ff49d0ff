import Addressing
import Foundation
import OpenSSL
import PacketIO
import TestLab
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
            let responder = try #require(Endpoint("198.51.100.2:51820"))
            let message = try Self.initiation(for: pair.right.keys.publicKey)
            let flood = Task.detached { try await Self.flood(responder, with: message, from: sockets) }
            defer { flood.cancel() }
            try await eventually("a cookie is asked for", within: .seconds(40)) {
                // Sessions that stand already are made anew, until one meets the flood.
                try pair.left.namespace.run("ip", "link", "set", pair.left.interface, "down")
                try pair.left.namespace.run("ip", "link", "set", pair.left.interface, "up")
                _ = try pair.left.namespace.reaches("10.0.0.2")
                return cookies.log.contains("UDP, length 64")
            }
            try await eventually("a handshake with a cookie", within: .seconds(40)) {
                try pair.left.namespace.reaches("10.0.0.2")
            }
            flood.cancel()
            #expect(try await flood.value > 1000)
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

    /// Until it is cancelled; returns how many messages were sent.
    private static func flood(_ target: Endpoint, with message: [UInt8], from sockets: UDPSockets) async throws -> Int {
        let pool = try PacketPool(slots: 64, longest: 256)
        var sent = 0
        while !Task.isCancelled {
            let batch = PacketBatch(pool: pool, capacity: 64)
            while let index = batch.appendEmpty() {
                batch[index].buffer.setCount(message.count)
                batch[index].buffer.bytes.copyBytes(from: message)
                batch[index].remote = target
            }
            sent += sockets.send(batch)
            await Task.yield()
        }
        return sent
    }
}

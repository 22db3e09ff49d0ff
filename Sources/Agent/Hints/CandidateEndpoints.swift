package import Addressing
internal import Foundation
internal import NIOCore
internal import NIOPosix
package import WireFormat

/// Where each peer may be reached: what the signed config says, names resolved, and what hints add.
package actor CandidateEndpoints {
    package struct PeerID: Hashable, Sendable {
        let cvlan: String
        let publicKey: [UInt8]
    }

    /// What hints may add for one peer.
    private static let maximumHints = 12
    /// What hints may add in all: every peer of 100,000.
    private static let maximumHintedPeers = 100_000
    /// A name is looked up again after so long.
    private static let resolutionLifetime = Duration.seconds(60)

    private var hints: [PeerID: [Endpoint]] = [:]
    private var resolved: [String: (endpoints: [Endpoint], until: ContinuousClock.Instant)] = [:]

    package init() {}

    /// Takes hints over; returns whether any of them was news.
    package func take(_ news: [WireHint]) -> Bool {
        var changed = false
        for hint in news where hint.publicKey.count == 32 {
            let id = PeerID(cvlan: hint.cvlan, publicKey: Array(hint.publicKey))
            let endpoints = hint.endpoints.prefix(Self.maximumHints).compactMap { Endpoint($0) }.filter(\.isUsable)
            guard hints[id] != endpoints, hints[id] != nil || hints.count < Self.maximumHintedPeers else { continue }
            hints[id] = endpoints
            changed = true
        }
        return changed
    }

    /// Candidates of every peer, best first: those of the config, then hints.
    package func candidates(for networks: [DesiredState.Network]) async -> [PeerID: [Endpoint]] {
        var result: [PeerID: [Endpoint]] = [:]
        for network in networks {
            for peer in network.peers {
                let id = PeerID(cvlan: network.config.cvlan, publicKey: Array(peer.publicKey))
                var candidates: [Endpoint] = []
                for text in peer.endpoints { candidates += await endpoints(of: text) }
                candidates += (hints[id] ?? []).filter { !candidates.contains($0) }
                if !candidates.isEmpty { result[id] = candidates }
            }
        }
        return result
    }

    private func endpoints(of text: String) async -> [Endpoint] {
        if let endpoint = Endpoint(text) { return [endpoint] }
        let now = ContinuousClock.now
        if let known = resolved[text], known.until > now { return known.endpoints }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return []
        }
        let host = String(text[..<colon])
        let found = await Self.resolve(host, port: port)
        // A resolver that is down for a moment takes nothing away.
        let endpoints = found.isEmpty ? resolved[text]?.endpoints ?? [] : found
        resolved[text] = (endpoints, now + Self.resolutionLifetime)
        return endpoints
    }

    private static func resolve(_ host: String, port: UInt16) async -> [Endpoint] {
        let addresses = try? await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(host, port: Int(port))
        }
        return [addresses].compactMap { $0?.ipAddress.flatMap { IPAddress($0) } }.map { Endpoint($0, port: port) }
    }
}

extension Endpoint {
    /// Whether a packet may be sent there: no port 0, no loopback, no multicast, nothing unspecified.
    package var isUsable: Bool {
        guard port != 0, address.value != 0 else { return false }
        let unusable: [IPPrefix?] =
            switch address.family {
            case .v4: [IPPrefix("127.0.0.0/8"), IPPrefix("224.0.0.0/3"), IPPrefix("0.0.0.0/8")]
            case .v6: [IPPrefix("::1/128"), IPPrefix("ff00::/8")]
            }
        return !unusable.contains { $0?.contains(address) ?? false }
    }
}

package import Addressing
internal import Foundation
internal import NIOCore
internal import NIOPosix
package import WireFormat

/// Where each peer may be reached: what the signed config says, names resolved, and what hints add.
///
/// Names are looked up beside the caller, who gets what is known and is woken when an answer is another than before.
package actor CandidateEndpoints {
    package struct PeerID: Hashable, Sendable {
        let cvlan: String
        /// Empty of a device without our agent.
        let publicKey: [UInt8]
        /// Of a device that speaks IPsec: its name.
        let device: String?
        /// Of hints: where others saw its IKE and ESP.
        let isIPsec: Bool

        package init(cvlan: String, publicKey: [UInt8]) {
            self.init(cvlan: cvlan, publicKey: publicKey, isIPsec: false)
        }

        init(cvlan: String, publicKey: [UInt8], isIPsec: Bool) {
            self.cvlan = cvlan
            self.publicKey = publicKey
            self.isIPsec = isIPsec
            device = nil
        }

        package init(cvlan: String, device: String) {
            self.cvlan = cvlan
            publicKey = []
            isIPsec = true
            self.device = device
        }
    }

    /// What hints may add for one peer.
    private static let maximumHints = 12
    /// What hints may add in all: every peer of 100,000.
    private static let maximumHintedPeers = 100_000
    /// A name is looked up again after so long.
    private static let resolutionLifetime = Duration.seconds(60)

    /// Lookups at the same time; each takes a thread for as long as the resolver does.
    private static let maximumLookups = 4

    package typealias Resolver = @Sendable (_ host: String, _ port: UInt16) async -> [Endpoint]

    private let changed: Wake
    private let resolve: Resolver
    private var hints: [PeerID: [Endpoint]] = [:]
    private var resolved: [String: (endpoints: [Endpoint], until: ContinuousClock.Instant)] = [:]
    /// Names to look up, in order; those that are being looked up first.
    private var lookups: [String] = []
    private var running = 0

    /// - Parameter changed: raised when a name has come to stand for other addresses.
    package init(changed: Wake, resolve: @escaping Resolver = CandidateEndpoints.resolve) {
        self.changed = changed
        self.resolve = resolve
    }

    /// Takes hints over; returns whether any of them was news.
    package func take(_ news: [WireHint]) -> Bool {
        var changed = false
        for hint in news where hint.publicKey.count == 32 {
            let id = PeerID(cvlan: hint.cvlan, publicKey: Array(hint.publicKey), isIPsec: hint.ipsec)
            let endpoints = hint.endpoints.prefix(Self.maximumHints).compactMap { Endpoint($0) }.filter(\.isUsable)
            guard hints[id] != endpoints, hints[id] != nil || hints.count < Self.maximumHintedPeers else { continue }
            hints[id] = endpoints
            changed = true
        }
        return changed
    }

    /// Candidates of every peer, best first: those of the config, then hints.
    package func candidates(for networks: [DesiredState.Network]) -> [PeerID: [Endpoint]] {
        var result: [PeerID: [Endpoint]] = [:]
        for network in networks {
            for device in network.config.ipsecSites {
                guard let text = device.endpoint else { continue }
                result[PeerID(cvlan: network.config.cvlan, device: device.node)] = endpoints(of: text)
            }
            for peer in network.peers {
                let id = PeerID(cvlan: network.config.cvlan, publicKey: Array(peer.publicKey))
                var candidates: [Endpoint] = []
                for text in peer.endpoints { candidates += endpoints(of: text) }
                if network.isIPsec(peer) {
                    // Those are of WireGuard; as others see the peer it may be through a NAT, by another port.
                    let seen = hints[PeerID(cvlan: id.cvlan, publicKey: id.publicKey, isIPsec: true)] ?? []
                    candidates = Self.forIPsec(candidates) + seen + Self.forIPsec(hints[id] ?? [])
                } else {
                    candidates += hints[id] ?? []
                }
                if !candidates.isEmpty { result[id] = candidates.withoutRepetition }
            }
        }
        return result
    }

    /// Where IKE and ESP of an agent are found (RFC 3948).
    private static let ipsecPort: UInt16 = 4500

    private static func forIPsec(_ endpoints: [Endpoint]) -> [Endpoint] {
        endpoints.map { Endpoint($0.address, port: ipsecPort, scope: $0.scope) }
    }

    private func endpoints(of text: String) -> [Endpoint] {
        if let endpoint = Endpoint(text) { return [endpoint] }
        let known = resolved[text]
        if known.map({ $0.until <= ContinuousClock.now }) ?? true { lookUp(text) }
        return known?.endpoints ?? []
    }

    private func lookUp(_ text: String) {
        guard !lookups.contains(text) else { return }
        lookups.append(text)
        startLookups()
    }

    private func startLookups() {
        while running < min(Self.maximumLookups, lookups.count) {
            let text = lookups[running]
            running += 1
            // Not awaited by anyone: a resolver that hangs must not hold up the agent, nor its end.
            Task { finish(text, await find(text)) }
        }
    }

    private func find(_ text: String) async -> [Endpoint] {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return []
        }
        return await resolve(String(text[..<colon]), port)
    }

    private func finish(_ text: String, _ found: [Endpoint]) {
        running -= 1
        lookups.removeAll { $0 == text }
        let before = resolved[text]?.endpoints ?? []
        // A resolver that is down for a moment takes nothing away.
        let endpoints = found.isEmpty ? before : found
        resolved[text] = (endpoints, ContinuousClock.now + Self.resolutionLifetime)
        if endpoints != before { changed.raise() }
        startLookups()
    }

    package static let resolve: Resolver = { host, port in
        let addresses = try? await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(host, port: Int(port))
        }
        return [addresses].compactMap { $0?.ipAddress.flatMap { IPAddress($0) } }.map { Endpoint($0, port: port) }
    }
}

extension [Endpoint] {
    fileprivate var withoutRepetition: [Endpoint] {
        var known: Set<Endpoint> = []
        return filter { known.insert($0).inserted }
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

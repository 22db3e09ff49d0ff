internal import Addressing
package import Reconciling
internal import Synchronization
package import WireFormat

package import struct Foundation.Data

/// Where peers were last seen, as agents report of themselves and of each other. Fresh, unsigned, in memory alone.
package final class HintBoard: Sendable {
    /// Endpoints that are kept of one peer in one network.
    static let maximumEndpoints = 8

    private let candidates = Mutex<[NetworkKey: [Subject: Candidates]]>([:])

    /// A node by one of the protocols, which have ports of their own.
    private struct Subject: Hashable {
        let publicKey: Data
        var isIPsec = false
    }

    private struct Candidates {
        /// As the node says of itself.
        var own: [String]?
        /// As others see it, newest first; one of each who reports.
        var seen: [(reporter: Data, endpoint: String)] = []

        var endpoints: [String] {
            let half = HintBoard.maximumEndpoints / 2
            var result: [String] = []
            for endpoint in (own ?? []).prefix(half) + seen.prefix(half).map(\.endpoint)
            where !result.contains(endpoint) { result.append(endpoint) }
            return result
        }
    }

    package struct News: Sendable, Equatable {
        package let network: NetworkKey
        package let publicKey: Data
        /// Of IKE and ESP; else of WireGuard.
        package var isIPsec = false
        package let endpoints: [String]
    }

    package init() {}

    /// Takes in a report, and gives what it changed. Endpoints that lead nowhere, and peers that are not of the
    /// network, are passed over.
    ///
    /// - Parameter clientAddress: where the report came from: behind a NAT the node does not know it itself.
    package func update(
        from node: PublishedNode, key: NodeKey, report: WireReport, clientAddress: String, in publication: Publication
    ) -> [News] {
        var news: [News] = []
        for network in report.networks.prefix(node.networks.count + 1) where node.networks.contains(network.cvlan) {
            let name = NetworkKey(tenant: key.tenant, cvlan: network.cvlan)
            guard let members = publication.networks[name] else { continue }
            var own = network.endpoints.prefix(Self.maximumEndpoints).compactMap { usable($0, in: members) }
            if let port = own.first.flatMap(Endpoint.init)?.port, let address = IPAddress(clientAddress),
                let observed = usable(Endpoint(address, port: port).description, in: members), !own.contains(observed)
            {
                own.append(observed)
            }
            candidates.withLock { board in
                var table = board[name] ?? [:]
                defer { board[name] = table }
                // A node that left the network takes what was known of it along.
                if table.count > 2 * members.members.count {
                    table = table.filter { members.members[$0.key.publicKey] != nil }
                }
                var hasMoved = false
                note(&news, name, Subject(publicKey: node.publicKey), &table) { candidates in
                    // A node that moved is not where others saw it before.
                    hasMoved = candidates.own.map { $0 != own } ?? false
                    if hasMoved { candidates.seen = [] }
                    candidates.own = own
                }
                if hasMoved {
                    note(&news, name, Subject(publicKey: node.publicKey, isIPsec: true), &table) { $0.seen = [] }
                }
                for peer in network.peers where peer.lastHandshake > 0 {
                    guard members.members[peer.publicKey] != nil, peer.publicKey != node.publicKey,
                        let endpoint = usable(peer.endpoint, in: members)
                    else { continue }
                    note(&news, name, Subject(publicKey: peer.publicKey, isIPsec: peer.ipsec), &table) { candidates in
                        // Two who see the peer at different addresses (behind one NAT and from outside) must not make
                        // news at each report: an endpoint that is known keeps its place.
                        candidates.seen.removeAll { $0.reporter == node.publicKey && $0.endpoint != endpoint }
                        guard !candidates.seen.contains(where: { $0.endpoint == endpoint }) else { return }
                        candidates.seen.insert((node.publicKey, endpoint), at: 0)
                        candidates.seen = Array(candidates.seen.prefix(Self.maximumEndpoints))
                    }
                }
            }
        }
        return news
    }

    /// All that is known of a network's members.
    package func known(in network: NetworkKey) -> [News] {
        candidates.withLock { board in
            (board[network] ?? [:]).map { subject, candidates in
                News(
                    network: network, publicKey: subject.publicKey, isIPsec: subject.isIPsec,
                    endpoints: candidates.endpoints)
            }
        }.filter { !$0.endpoints.isEmpty }
    }

    private func note(
        _ news: inout [News], _ network: NetworkKey, _ subject: Subject, _ table: inout [Subject: Candidates],
        _ change: (inout Candidates) -> Void
    ) {
        guard !subject.publicKey.isEmpty else { return }
        var candidates = table[subject] ?? Candidates()
        let before = candidates.endpoints
        change(&candidates)
        table[subject] = candidates
        if candidates.endpoints != before {
            news.append(
                News(
                    network: network, publicKey: subject.publicKey, isIPsec: subject.isIPsec,
                    endpoints: candidates.endpoints))
        }
    }

    /// An address that packets can be sent to through the underlay.
    private func usable(_ text: String, in network: PublishedNetwork) -> String? {
        guard let endpoint = Endpoint(text), endpoint.port > 0, endpoint.scope == 0,
            !network.cidrs.contains(where: { $0.contains(endpoint.address) })
        else { return nil }
        return Self.unroutable.contains { $0.contains(endpoint.address) } ? nil : endpoint.description
    }

    /// This host, link-local, multicast and reserved (RFC 6890).
    private static let unroutable = [
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "fe80::/10", "ff00::/8", "::ffff:0:0/96",
    ].compactMap { IPPrefix($0) }
}

internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Manifests
internal import OverlayNetwork
internal import Reconciling

/// What people and monitoring read. `GET` alone: whoever wants something else commits it.
struct ManagementAPI: Sendable {
    let status: StatusBoard
    let board: PublicationBoard
    let sessions: SessionRegistry
    let observations: ObservationStore
    let version: String
    /// `nil`: only the health of the process can be asked for.
    let tokenFile: String?
    let now: @Sendable () -> Date

    /// Since 1970.
    var seconds: Int64 { Int64(now().timeIntervalSince1970) }

    func add(to router: Router<APIContext>) {
        router.get("healthz") { _, _ in Response.text("ok\n") }
        router.get("readyz") { _, _ in
            board.current == nil
                ? Response.text("nothing is published yet\n", status: .serviceUnavailable) : Response.text("ready\n")
        }
        let management = router.group("").add(middleware: ManagementAuthentication(tokenFile: tokenFile))
        management.get("metrics") { _, _ in
            Response.text(metrics, type: "text/plain; version=0.0.4; charset=utf-8")
        }
        management.get("v1/status") { _, _ in try Response.json(statusDocument) }
        management.get("v1/nodes") { request, _ in try Response.json(nodes(of: tenant(request))) }
        management.get("v1/tenants") { _, _ in try Response.json(tenants) }
        management.get("v1/networks") { request, _ in try Response.json(networks(of: tenant(request))) }
    }

    private func tenant(_ request: Request) -> String? {
        request.uri.queryParameters["tenant"].map(String.init)
    }

    private var statusDocument: StatusDocument {
        StatusDocument(
            version: version, controller: status.current, nodes: board.current?.nodes.count ?? 0,
            connected: sessions.count, stale: observations.all.values.count { $0.staleness(at: seconds) != nil })
    }

    private var tenants: TenantsDocument {
        TenantsDocument(
            tenants: status.current.tenants.sorted { $0.key < $1.key }.map { .init(name: $0.key, status: $0.value) })
    }

    private func nodes(of tenant: String?) -> NodesDocument {
        guard let publication = board.current else { return NodesDocument(nodes: []) }
        let connected = sessions.connected
        let keys = publication.nodes.keys.filter { tenant == nil || $0.tenant == tenant }.sorted()
        return NodesDocument(
            nodes: keys.compactMap { key in
                publication.nodes[key].map { node in
                    document(key, node, publication, isConnected: connected.contains(key))
                }
            })
    }

    private func document(
        _ key: NodeKey, _ node: PublishedNode, _ publication: Publication, isConnected: Bool
    ) -> NodeDocument {
        let observation = observations[key]
        let state = publication.tenants[key.tenant]?.state
        return NodeDocument(
            tenant: key.tenant, name: key.node, role: node.role.rawValue,
            networks: node.networks.map { cvlan in
                .init(
                    cvlan: cvlan,
                    addresses: state?.cvlans[cvlan]?.nodes[key.node]?.addresses.map(\.description) ?? [])
            },
            isEnrolled: !node.publicKey.isEmpty, isConnected: isConnected, desiredGeneration: node.generation,
            observedGeneration: observation?.generation,
            isConverged: observation.map { $0.isConverged && $0.generation == node.generation } ?? false,
            drift: observation?.drift ?? [], errors: observation?.errors ?? [],
            refusal: observation.flatMap { $0.refusal.isEmpty ? nil : $0.refusal },
            stale: observation?.staleness(at: seconds),
            vouchedUntil: (observation?.freshness?.until).flatMap {
                $0 > 0 ? Timestamp(secondsSince1970: $0).description : nil
            },
            lastSeen: observation.map { Timestamp(secondsSince1970: $0.lastSeen).description },
            address: observation?.address, agentVersion: observation?.agentVersion,
            endpoints: observation?.endpoints ?? [:])
    }

    private func networks(of tenant: String?) -> NetworksDocument {
        guard let publication = board.current else { return NetworksDocument(networks: []) }
        let connected = sessions.connected
        var networks: [NetworksDocument.Network] = []
        for (name, published) in publication.tenants.sorted(by: { $0.key < $1.key })
        where tenant == nil || tenant == name {
            for (cvlan, state) in published.state.cvlans.sorted(by: { $0.key < $1.key }) {
                let isHub = publication.networks[NetworkKey(tenant: name, cvlan: cvlan)]?.isHub ?? false
                networks.append(
                    .init(
                        tenant: name, name: cvlan, cidrs: state.cidrs.map(\.description),
                        topology: isHub ? "hub" : "mesh", nodes: state.nodes.count,
                        connected: state.nodes.keys.count { connected.contains(NodeKey(tenant: name, node: $0)) }))
            }
        }
        return NetworksDocument(networks: networks)
    }
}

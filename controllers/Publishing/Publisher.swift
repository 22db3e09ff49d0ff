internal import Addressing
internal import GitRepository
internal import Manifests
internal import OverlayNetwork
internal import Reconciling
internal import Trust
internal import WireFormat

internal import struct Foundation.Data

/// Turns what was reconciled into what is served. Configs are signed when they are sent: the same bytes each time.
struct Publisher: Sendable {
    /// - Parameter previous: whose segments are taken over where they are the same, encoded as they are.
    func publication(
        _ output: Reconciler.Output, source: ObjectID, state: ObjectID?, previous: Publication?
    ) throws -> Publication {
        let height = output.change.next.height
        var nodes: [NodeKey: PublishedNode] = [:]
        var networks: [NetworkKey: PublishedNetwork] = [:]
        var segments: [Data: PublishedSegment] = [:]
        var tenants: [String: PublishedTenant] = [:]
        for (name, tenant) in output.tenants {
            for (digest, segment) in tenant.segments {
                segments[digest] = try previous?.segments[digest] ?? PublishedSegment(bytes: segment.bytes)
            }
            for node in tenant.nodes {
                let key = NodeKey(tenant: name, node: node.name)
                if let known = previous?.nodes[key], known.generation == node.generation {
                    nodes[key] = known
                } else {
                    nodes[key] = PublishedNode(node)
                }
            }
            for compiled in tenant.networks {
                networks[NetworkKey(tenant: name, cvlan: compiled.network.name)] = PublishedNetwork(compiled.network)
            }
            guard let inForce = output.inForce[name] else { continue }
            tenants[name] = PublishedTenant(
                manifests: inForce.manifests, state: tenant.state,
                isHeldBack: output.held[name] != nil || !output.commitProblems.isEmpty)
            for node in inForce.manifests.nodes.values
            where !node.isExpired(at: output.evaluationTime) {
                let key = NodeKey(tenant: name, node: node.name)
                if nodes[key] == nil { nodes[key] = try PublishedNode(withoutNetworks: node, height: height) }
            }
        }
        let unreadable = Set(output.change.next.tenants.keys).subtracting(output.tenants.keys)
        if let previous, !unreadable.isEmpty {
            for (key, node) in previous.nodes where unreadable.contains(key.tenant) {
                nodes[key] = node
                for digest in node.segments { segments[digest] = previous.segments[digest] }
            }
            networks.merge(previous.networks.filter { unreadable.contains($0.key.tenant) }) { new, _ in new }
            for name in unreadable {
                tenants[name] = previous.tenants[name].map {
                    PublishedTenant(manifests: $0.manifests, state: $0.state, isHeldBack: true)
                }
            }
        }
        return Publication(
            height: height, sourceCommit: source, stateCommit: state, nodes: nodes, segments: segments,
            networks: networks, tenants: tenants, unreadable: unreadable)
    }
}

extension PublishedNode {
    init(_ node: CompiledNode) {
        var segments: [Data] = []
        for network in node.config.networks {
            for digest in network.peerSegments + network.addressSetSegments + network.ruleSegments
            where !segments.contains(digest) {
                segments.append(digest)
            }
        }
        self.init(
            generation: node.generation, payload: Data(node.payload), segments: segments,
            publicKey: node.config.publicKey, role: node.node.role,
            networks: node.config.networks.map(\.cvlan), certificateNames: node.config.certificateNames)
    }

    /// A node that is declared but in no network: the height of the state, which never goes back, is its generation, so
    /// that it takes this for newer than the config it may have had.
    init(withoutNetworks node: Node, height: UInt64) throws {
        let config = WireNodeConfig.with {
            $0.tenant = node.metadata.tenant
            $0.node = node.name
            $0.generation = height
            $0.role = WireNodeRole(node.role)
            $0.publicKey = Data(node.publicKey?.bytes ?? [])
        }
        self.init(
            generation: height, payload: try config.serializedBytes(), segments: [], publicKey: config.publicKey,
            role: node.role, networks: [])
    }
}

extension PublishedNetwork {
    init(_ network: ResolvedNetwork) {
        var members: [Data: Member] = [:]
        for member in network.members {
            guard let key = member.node.publicKey else { continue }
            members[Data(key.bytes)] = Member(
                node: NodeKey(tenant: network.tenant, node: member.name), isGateway: member.node.role == .gateway)
        }
        self.init(cidrs: network.cidrs, isHub: network.topology == .hub, members: members)
    }
}

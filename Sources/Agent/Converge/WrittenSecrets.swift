package import DiffSync
internal import Sodium
package import WireFormat

/// What `cvland` was given and never shows: digests of identities and preshared keys, as they were put last.
///
/// All else that the agent holds against what it wants, the data path itself says. An agent that begins anew knows none of
/// these and puts them once more, which changes nothing where they are the same.
package struct WrittenSecrets: Sendable {
    package struct PeerID: Hashable, Sendable {
        let interface: String
        let peer: String
    }

    /// By interface.
    private(set) var identities: [String: String] = [:]
    private(set) var presharedKeys: [PeerID: String] = [:]

    package init() {}

    /// Forgets what belonged to interfaces and peers that are gone: who makes them anew gives them nothing.
    package mutating func retain(_ state: WireDataPathState) {
        guard !identities.isEmpty || !presharedKeys.isEmpty else { return }
        let interfaces = Set(state.interfaces.map(\.spec.name))
        let peers = Set(
            state.interfaces.flatMap { interface in
                interface.ipsecPeers.map { PeerID(interface: interface.spec.name, peer: $0.spec.name) }
            })
        identities = identities.filter { interfaces.contains($0.key) }
        presharedKeys = presharedKeys.filter { peers.contains($0.key) }
    }

    /// Notes what an operation that went through has put.
    package mutating func note(_ operation: Operation<DataPathRecord>) {
        switch operation.change {
        case .create(.ipsecIdentity(let it)), .update(_, .ipsecIdentity(let it), _):
            identities[it.interface] = it.digest
        case .create(.ipsecPeer(let it)), .update(_, .ipsecPeer(let it), _):
            presharedKeys[PeerID(interface: it.interface, peer: it.name)] = it.secretDigest
        case .delete(.ipsecIdentity(let it)): identities[it.interface] = nil
        default: break
        }
    }
}

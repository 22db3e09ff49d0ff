internal import Addressing

/// Which connections a stranger may mean, before it has said who it is. Made anew when the connections change.
struct ConnectionIndex {
    /// In the order they are tried.
    let order: [ConnectionID]
    /// Of connections that a peer may come to from anywhere.
    private let anywhere: Set<Profile>
    private let byAddress: [IPAddress: Set<Profile>]
    /// The certification authorities that peers' certificates may come from, as CERTREQ has them.
    let authorities: [UInt8]

    /// Of connections with EAP, by what we call ourselves there.
    private let logins: [(identity: Identity, logins: Logins)]

    /// CERTREQ names at most so many.
    private static let maximumAuthorities = 32

    init(_ connections: some Sequence<Connection>) {
        let sorted = connections.sorted { ($0.id.interface, $0.id.name) < ($1.id.interface, $1.id.name) }
        order = sorted.map(\.id)
        anywhere = Set(sorted.filter { !$0.requiresRemoteEndpoint }.map(\.profile))
        var byAddress: [IPAddress: Set<Profile>] = [:]
        var authorities: [[UInt8]] = []
        for connection in sorted {
            for endpoint in connection.remoteEndpoints {
                byAddress[endpoint.address, default: []].insert(connection.profile)
            }
            guard case .certificate(let verifier) = connection.remote else { continue }
            for hash in verifier.anchors.certificates.map(\.publicKeyHash)
            where authorities.count < Self.maximumAuthorities && !authorities.contains(hash) {
                authorities.append(hash)
            }
        }
        logins = Self.logins(sorted)
        self.byAddress = byAddress
        self.authorities = authorities.flatMap { $0 }
    }

    /// Who may log in where we call ourselves so.
    func logins(as identity: Identity) -> Logins? { logins.first { $0.identity.isSame(as: identity) }?.logins }

    private static func logins(_ connections: [Connection]) -> [(identity: Identity, logins: Logins)] {
        var groups: [(identity: Identity, ids: [ConnectionID], entries: [EAPSettings])] = []
        for connection in connections {
            guard case .eap(let settings) = connection.remote else { continue }
            let group = groups.firstIndex { $0.identity.isSame(as: connection.localIdentity) } ?? groups.endIndex
            if group == groups.endIndex { groups.append((connection.localIdentity, [], [])) }
            groups[group].ids.append(connection.id)
            groups[group].entries.append(settings)
        }
        return groups.map { ($0.identity, Logins(ids: $0.ids, directory: EAPDirectory($0.entries))) }
    }

    /// The profiles that may be spoken with an address, the strictest first: what it takes suits the others too.
    func profiles(for address: IPAddress) -> [Profile] {
        let all = anywhere.union(byAddress[address] ?? [])
        return [.cnsa, .modern, .compatible].filter(all.contains)
    }
}

/// The connections that a client may log in to by EAP, and what it needs for that.
struct Logins {
    /// As the directory's entries are numbered.
    let ids: [ConnectionID]
    let directory: EAPDirectory
}

extension Connection {
    /// Whether the peer may be at this address.
    func allows(_ address: IPAddress) -> Bool {
        !requiresRemoteEndpoint || remoteEndpoints.contains { $0.address == address }
    }

    func names(_ address: IPAddress) -> Bool { remoteEndpoints.contains { $0.address == address } }
}

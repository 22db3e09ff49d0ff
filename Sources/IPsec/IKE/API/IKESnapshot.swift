package import Tunneling

/// A connection as it stands: what `vrouterctl show sas` prints.
package struct IKESnapshot: Sendable {
    package struct Peer: Sendable {
        package let identity: Identity
        package let localIdentity: Identity
        package let path: IKEPath
        /// Whether we began it.
        package let isInitiator: Bool
        package let initiatorSPI: UInt64
        package let responderSPI: UInt64
        package let suite: IKESuite?
        package let established: Instant
        /// When the IKE SA is rekeyed by us, if not by the peer before; `.never`: it is being rekeyed.
        package let rekeyAt: Instant
        package let isBehindNAT: (ours: Bool, theirs: Bool)
        package let assigned: AssignedAddresses
        package let children: [Child]
    }

    package struct Child: Sendable {
        package let inboundSPI: UInt32
        package let outboundSPI: UInt32
        package let suite: ESPSuite
        package let local: [TrafficSelector]
        package let remote: [TrafficSelector]
        package let created: Instant
        package let rekeyAt: Instant
        package let expiresAt: Instant
        /// As the data path has reported them, of both directions.
        package let packets: UInt64
        package let bytes: UInt64
        /// Whether packets go out by it.
        package let isSending: Bool
        package let isRetired: Bool
    }

    package let connection: ConnectionID
    package let peers: [Peer]
    package let isConnecting: Bool
    /// When it is tried again, if it is.
    package let retryAt: Instant?
    package let lastFailure: FailureRecord?
}

extension IKEHost {
    /// Of all connections, ordered by interface and name.
    package func snapshot() -> [IKESnapshot] {
        index.order.compactMap { records[$0] }.map { record in
            IKESnapshot(
                connection: record.connection.id, peers: record.sessions.map(snapshot),
                isConnecting: record.initiation != nil, retryAt: record.retryAt == .never ? nil : record.retryAt,
                lastFailure: record.lastFailure)
        }
    }

    private func snapshot(_ session: Session) -> IKESnapshot.Peer {
        let sa = sas[session.current]
        return IKESnapshot.Peer(
            identity: session.peer, localIdentity: session.connection.localIdentity, path: session.path,
            isInitiator: session.isInitiator, initiatorSPI: sa?.initiatorSPI ?? 0,
            responderSPI: sa?.responderSPI ?? 0, suite: sa?.protection?.suite, established: session.established,
            rekeyAt: session.rekeyAt, isBehindNAT: session.abilities.isBehindNAT, assigned: session.addresses,
            children: session.children.map {
                IKESnapshot.Child(
                    inboundSPI: $0.inboundSPI, outboundSPI: $0.outboundSPI, suite: $0.suite, local: $0.local,
                    remote: $0.remote, created: $0.created, rekeyAt: $0.rekeyAt, expiresAt: $0.expiresAt,
                    packets: $0.traffic.packets, bytes: $0.traffic.bytes, isSending: $0.isSending,
                    isRetired: $0.isRetired)
            })
    }
}

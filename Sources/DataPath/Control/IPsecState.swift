internal import Addressing
internal import IPsec
internal import Tunneling
internal import WireFormat

/// What the thread of IKE knows of all peers.
struct IPsecSnapshot: Sendable {
    private let connections: [ConnectionID: IKESnapshot]
    private let traffic: [UInt32: SADirectory.Traffic]
    private let totals: [ConnectionID: SADirectory.Traffic]
    private let now = Instant.now

    init(_ loop: IKELoop) {
        connections = Dictionary(loop.host.snapshot().map { ($0.connection, $0) }) { $1 }
        traffic = loop.directory.traffic
        totals = loop.directory.totals
    }

    /// A peer of an interface.
    func state(_ spec: WireIPsecPeerSpec, _ id: ConnectionID) -> WireIPsecPeerState {
        var state = WireIPsecPeerState()
        state.spec = spec
        guard let connection = connections[id] else { return state }
        state.ikeSas = connection.peers.map { ikeState($0) }
        state.connecting = connection.isConnecting
        state.retryInSeconds = connection.retryAt.map { seconds(until: $0) } ?? 0
        if let total = totals[id] {
            state.receivedBytes = total.received.bytes
            state.sentBytes = total.sent.bytes
        }
        if let last = connection.lastFailure {
            state.lastFailure = "\(last.failure)"
            state.lastFailureAgeSeconds = (now - last.at).wholeSeconds
        }
        return state
    }

    private func ikeState(_ peer: IKESnapshot.Peer) -> WireIKESAState {
        var state = WireIKESAState()
        state.remoteIdentity = "\(peer.identity)"
        state.localIdentity = "\(peer.localIdentity)"
        state.remoteEndpoint = "\(peer.path.remote)"
        state.initiatorSpi = peer.initiatorSPI
        state.responderSpi = peer.responderSPI
        state.initiator = peer.isInitiator
        state.suite = peer.suite.map { "\($0)" } ?? ""
        state.ageSeconds = (now - peer.established).wholeSeconds
        state.rekeyInSeconds = seconds(until: peer.rekeyAt)
        state.behindNat = peer.isBehindNAT.ours
        state.peerBehindNat = peer.isBehindNAT.theirs
        state.children = peer.children.map { childState($0) }
        state.assignedAddresses = peer.assigned.addresses.compactMap { address in
            IPPrefix(address, length: address.family.bitWidth).map { WirePrefix($0) }
        }
        return state
    }

    private func childState(_ child: IKESnapshot.Child) -> WireChildSAState {
        var state = WireChildSAState()
        state.inboundSpi = child.inboundSPI
        state.outboundSpi = child.outboundSPI
        state.suite = "\(child.suite)"
        state.localSelectors = child.local.map { "\($0)" }
        state.remoteSelectors = child.remote.map { "\($0)" }
        state.ageSeconds = (now - child.created).wholeSeconds
        state.rekeyInSeconds = seconds(until: child.rekeyAt)
        if let traffic = traffic[child.inboundSPI] {
            state.receivedPackets = traffic.received.packets
            state.receivedBytes = traffic.received.bytes
            state.sentPackets = traffic.sent.packets
            state.sentBytes = traffic.sent.bytes
        }
        state.sending = child.isSending
        return state
    }

    private func seconds(until instant: Instant) -> UInt64 {
        instant == .never ? 0 : (instant - now).wholeSeconds
    }
}

extension Instant.Span {
    fileprivate var wholeSeconds: UInt64 { milliseconds / 1_000 }
}

internal import Addressing
package import WireFormat

extension SAReport {
    /// - Parameter subject: only this peer, by its name, or SAs with who has this identity or address; `nil`: all.
    package init(_ state: WireDataPathState, about subject: String? = nil) {
        peers = state.interfaces.flatMap { interface in
            interface.ipsecPeers.compactMap { Peer($0, of: interface.spec, about: subject) }
        }.sorted { ($0.interface, $0.name) < ($1.interface, $1.name) }
    }
}

extension SAReport.Peer {
    fileprivate init?(_ peer: WireIPsecPeerState, of interface: WireInterfaceSpec, about subject: String?) {
        let all = peer.ikeSas.map { SAReport.IKESA($0) }
        var shown = all
        if let subject, subject != peer.spec.name {
            shown = all.filter { $0.isWith(subject) }
            guard !shown.isEmpty || peer.spec.remoteIdentities.contains(subject) else { return nil }
        }
        name = peer.spec.name
        self.interface = interface.name
        domain = interface.domain
        state = SAReport.State(peer)
        retryInSeconds = state == .retrying ? peer.retryInSeconds : nil
        profile = peer.spec.profile.isEmpty ? "modern" : peer.spec.profile
        localIdentity = peer.spec.localIdentity
        remoteIdentities = peer.spec.remoteIdentities
        endpoints = peer.spec.endpoints
        receivedBytes = peer.receivedBytes
        sentBytes = peer.sentBytes
        lastFailure =
            peer.lastFailure.isEmpty
            ? nil : SAReport.Failure(reason: peer.lastFailure, ageSeconds: peer.lastFailureAgeSeconds)
        ikeSAs = shown
    }
}

extension SAReport.State {
    fileprivate init(_ peer: WireIPsecPeerState) {
        if peer.hasSA {
            self = .established
        } else if peer.connecting {
            self = .connecting
        } else if !peer.ikeSas.isEmpty {
            self = .childless
        } else if peer.retryInSeconds > 0 || peer.spec.start == .atOnce {
            self = .retrying
        } else {
            self = peer.spec.start == .onDemand && !peer.spec.endpoints.isEmpty ? .idle : .waiting
        }
    }
}

extension WireIPsecPeerState {
    /// Whether packets go to it.
    var hasSA: Bool { ikeSas.contains { $0.children.contains(where: \.sending) } }
}

extension SAReport.IKESA {
    fileprivate init(_ sa: WireIKESAState) {
        remoteIdentity = sa.remoteIdentity
        localIdentity = sa.localIdentity
        remoteEndpoint = sa.remoteEndpoint
        initiatorSPI = sa.initiatorSpi.hexadecimal
        responderSPI = sa.responderSpi.hexadecimal
        isInitiator = sa.initiator
        suite = sa.suite
        ageSeconds = sa.ageSeconds
        rekeyInSeconds = sa.rekeyInSeconds == 0 ? nil : sa.rekeyInSeconds
        isBehindNAT = sa.behindNat
        isPeerBehindNAT = sa.peerBehindNat
        assignedAddresses = sa.assignedAddresses.compactMap { $0.prefix?.description }
        childSAs = sa.children.map { SAReport.ChildSA($0) }
    }

    /// Whether it is with whom somebody asks for: an identity, an endpoint, or its address.
    fileprivate func isWith(_ subject: String) -> Bool {
        if subject == remoteIdentity || subject == remoteEndpoint { return true }
        guard let address = IPAddress(subject) else { return false }
        return Endpoint(remoteEndpoint)?.address == address
            || assignedAddresses.contains { IPPrefix($0)?.address == address }
    }
}

extension SAReport.ChildSA {
    fileprivate init(_ sa: WireChildSAState) {
        inboundSPI = sa.inboundSpi.hexadecimal
        outboundSPI = sa.outboundSpi.hexadecimal
        suite = sa.suite
        localSelectors = sa.localSelectors
        remoteSelectors = sa.remoteSelectors
        ageSeconds = sa.ageSeconds
        rekeyInSeconds = sa.rekeyInSeconds == 0 ? nil : sa.rekeyInSeconds
        receivedPackets = sa.receivedPackets
        receivedBytes = sa.receivedBytes
        sentPackets = sa.sentPackets
        sentBytes = sa.sentBytes
        isSending = sa.sending
    }
}

extension FixedWidthInteger {
    /// All digits, zeros in front too.
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: Swift.max(0, Self.bitWidth / 4 - digits.count)) + digits
    }
}

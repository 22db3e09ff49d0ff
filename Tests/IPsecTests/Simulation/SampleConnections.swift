import Addressing
import IPsec
import OpenSSL
import TestCertificates
import Tunneling

/// Both ends of a tunnel.
struct SampleConnections {
    static let id = ConnectionID(interface: 1, name: "tunnel")

    var first: Connection
    var second: Connection

    /// By a shared key. The first begins.
    static func sharedKey() -> SampleConnections {
        let key = SecretBytes(copying: Array("a long enough secret".utf8))
        return make(
            (.sharedKey(key), .fqdn("a.example")), (.sharedKey(key), .fqdn("b.example")), { _ in .sharedKey(key) })
    }

    /// By certificates of the two kinds.
    static func certificates(_ profile: Profile = .modern) throws -> SampleConnections {
        let anchors = TrustAnchors(try Certificate.all(pem: Array(Certificates.root.utf8)))
        var connections = make(
            (try credential(Certificates.gate, Certificates.gateKey), .fqdn("gate.acme.example")),
            (try credential(Certificates.router, Certificates.routerKey), .fqdn("router.acme.example")),
            { _ in .certificate(CertificateVerifier(anchors)) })
        connections.first.profile = profile
        connections.second.profile = profile
        return connections
    }

    static func credential(_ certificate: String, _ key: String) throws -> Credential {
        let chain = try Certificate.all(pem: Array((certificate + "\n" + Certificates.issuing).utf8))
        return .certificate(try CertifiedKey(chain: chain.map(\.der), key: SecretBytes(copying: Array(key.utf8))))
    }

    private static func make(
        _ a: (credential: Credential, identity: Identity), _ b: (credential: Credential, identity: Identity),
        _ remote: (Identity) -> Connection.RemoteAuthentication
    ) -> SampleConnections {
        let left = TrafficSelector(prefix("10.1.0.0/16"))
        let right = TrafficSelector(prefix("10.2.0.0/16"))
        var first = Connection(
            id: id, local: a.credential, localIdentity: a.identity, remote: remote(b.identity),
            remoteIdentities: [.identity(b.identity)], localSelectors: [left], remoteSelectors: [right])
        first.start = .atOnce
        first.remoteEndpoints = [Endpoint(.second, port: 500)]
        var second = Connection(
            id: id, local: b.credential, localIdentity: b.identity, remote: remote(a.identity),
            remoteIdentities: [.identity(a.identity)], localSelectors: [right], remoteSelectors: [left])
        second.start = .never
        return SampleConnections(first: first, second: second)
    }

    static func prefix(_ text: String) -> IPPrefix {
        guard let prefix = IPPrefix(text) else { preconditionFailure("no prefix: \(text)") }
        return prefix
    }

    /// Lets both sides begin.
    mutating func bothBegin() {
        second.start = .atOnce
        second.remoteEndpoints = [Endpoint(.first, port: 500)]
    }

    mutating func changeBoth(_ change: (inout Connection) -> Void) {
        change(&first)
        change(&second)
    }
}

extension Simulation {
    func put(_ connections: SampleConnections) {
        second.host.put(connections.second, now: now)
        first.host.put(connections.first, now: now)
    }

    /// Whether both sides have one IKE SA and CHILD SAs that fit.
    var isUp: Bool {
        parties.allSatisfy { $0.sessions.count == 1 && $0.dataPath.sending != nil }
    }

    /// What is wrong with the end of a run; `nil`: each side has one IKE SA, the same, and one CHILD SA, which opens at each end what
    /// was sealed at the other.
    var flaw: String? {
        let sessions = parties.map(\.sessions)
        guard sessions.allSatisfy({ $0.count == 1 }) else { return "\(sessions.map(\.count)) IKE SAs" }
        let spis = sessions.map { [$0[0].initiatorSPI, $0[0].responderSPI] }
        guard spis[0] == spis[1] else { return "different IKE SAs" }
        let children = parties.map(\.liveChildren)
        guard children.allSatisfy({ $0.count == 1 }) else { return "\(children.map(\.count)) CHILD SAs" }
        guard children[0][0].inboundSPI == children[1][0].outboundSPI,
            children[0][0].outboundSPI == children[1][0].inboundSPI
        else { return "different CHILD SAs" }
        for (from, to) in [(first, second), (second, first)] {
            guard let packet = from.dataPath.seal() else { return "\(from.name) cannot send" }
            guard to.dataPath.open(packet) != nil else { return "\(to.name) does not open what \(from.name) sent" }
        }
        return nil
    }
}

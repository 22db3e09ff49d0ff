extension IKEFailure: CustomStringConvertible {
    /// For a log, and for `vrouterctl show sas`.
    package var description: String {
        switch self {
        case .noAnswer(let type): "no answer to \(type)"
        case .proposals(let refusal): "the peer \(refusal)"
        case .offerRefused: "the peer takes none of the suites that were offered"
        case .refused(let notify, let type): "the peer answers \(type) with \(notify)"
        case .authentication(let refusal): "authentication failed: \(refusal)"
        case .eap(let refusal): "authentication failed: \(refusal)"
        case .unknownPeer(let identity): "no connection is for \(identity?.description ?? "a peer that has no name")"
        case .selectorsUnacceptable: "no traffic selectors in common"
        case .malformed(let type): "malformed \(type)"
        case .unsupportedPayload(let type): "critical payload of unknown type \(type)"
        case .noEncapsulation: "the peer cannot send ESP in UDP"
        case .redirected: "the peer redirects to another gateway"
        case .deletedByPeer: "deleted by the peer"
        case .replaced: "replaced by another"
        case .expired: "expired"
        case .reconfigured: "the configuration has changed"
        case .noAddress: "no address is left in the pool"
        case .limit: "too many security associations"
        }
    }
}

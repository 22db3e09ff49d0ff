internal import Addressing

/// What both sides have agreed on for a CHILD SA, but for its keys.
struct AgreedChild {
    let inboundSPI: UInt32
    let outboundSPI: UInt32
    let suite: ESPSuite
    let local: [TrafficSelector]
    let remote: [TrafficSelector]
}

/// Why we make no CHILD SA: what the peer is told, and what we know.
struct ChildRefusal: Error {
    let notify: Notify
    let failure: IKEFailure

    init(_ notify: Notify, _ failure: IKEFailure) {
        self.notify = notify
        self.failure = failure
    }

    init(_ type: NotifyType, _ failure: IKEFailure) {
        self.init(Notify(type), failure)
    }
}

extension Connection {
    /// What we ask for of our side: with addresses that the peer is to give, all, to be narrowed to them.
    var selectorsAsked: [TrafficSelector] {
        requestsAddresses.isEmpty ? localSelectors : requestsAddresses.sorted().map { .everything($0) }
    }
}

extension Session {
    /// What may be on the peer's side: the addresses that we gave it, if any.
    var remoteSelectorsAllowed: [TrafficSelector] {
        guard !isInitiator, !addresses.addresses.isEmpty else { return connection.remoteSelectors }
        return addresses.addresses.map { TrafficSelector(IPPrefix(host: $0)) }
    }
}

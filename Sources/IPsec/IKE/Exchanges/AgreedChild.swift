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

/// Narrowing of traffic selectors (RFC 7296 §2.9).
enum Narrowing {
    static let maximumCount = 255

    /// What of the offer is allowed: in the order of the offer, whose first selector may be the packet that it is all about.
    static func narrow(_ offered: [TrafficSelector], to allowed: [TrafficSelector]) -> [TrafficSelector] {
        var result: [TrafficSelector] = []
        for offer in offered {
            for limit in allowed {
                guard let common = offer.intersection(limit), result.count < maximumCount,
                    !result.contains(where: { $0.contains(common) })
                else { continue }
                result.removeAll { common.contains($0) }
                result.append(common)
            }
        }
        return result
    }

    /// Whether an answer stays within what was asked.
    static func isWithin(_ answer: [TrafficSelector], _ asked: [TrafficSelector]) -> Bool {
        !answer.isEmpty && answer.allSatisfy { selector in asked.contains { $0.contains(selector) } }
    }
}

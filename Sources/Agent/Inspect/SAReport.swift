/// The security associations of a machine, as `show sas` tells of them. As JSON it is described by
/// `manifests/schema/sas.v1.schema.json`: members may come; none goes or changes its meaning while `version` stays.
///
/// SPIs are in hexadecimal digits, as logs have them; ages and other times in seconds.
package struct SAReport: Codable, Equatable, Sendable {
    package static let version = 1

    package var version = SAReport.version
    /// By interface and name.
    package var peers: [Peer]

    /// A peer by IPsec as it was asked for, and what there is to it.
    package struct Peer: Codable, Equatable, Sendable {
        package var name: String
        package var interface: String
        /// TENANT/CVLAN.
        package var domain: String
        package var state: State
        /// Of `retrying`.
        package var retryInSeconds: UInt64?
        package var profile: String
        package var localIdentity: String
        /// Whom the peer may be; none: whomever its key or certificate vouches for.
        package var remoteIdentities: [String]
        /// Where it is looked for; none: it comes from anywhere.
        package var endpoints: [String]
        /// By all SAs that there have been.
        package var receivedBytes: UInt64
        package var sentBytes: UInt64
        package var lastFailure: Failure?
        /// More than one where several peers come by one entry, and for moments while one takes over.
        package var ikeSAs: [IKESA]
    }

    package enum State: String, Codable, Sendable {
        /// Packets go.
        case established
        /// There is an IKE SA, but no CHILD SA to send by.
        case childless
        case connecting
        /// The last attempt failed, and there will be another.
        case retrying
        /// It begins when packets come.
        case idle
        /// It is the peer's to begin.
        case waiting
    }

    package struct Failure: Codable, Equatable, Sendable {
        package var reason: String
        package var ageSeconds: UInt64
    }

    package struct IKESA: Codable, Equatable, Sendable {
        package var remoteIdentity: String
        package var localIdentity: String
        package var remoteEndpoint: String
        package var initiatorSPI: String
        package var responderSPI: String
        /// We began it.
        package var isInitiator: Bool
        package var suite: String
        package var ageSeconds: UInt64
        /// Absent: it is being rekeyed.
        package var rekeyInSeconds: UInt64?
        package var isBehindNAT: Bool
        /// So it is too where the peer says so to have ESP go in UDP.
        package var isPeerBehindNAT: Bool
        package var assignedAddresses: [String]
        package var childSAs: [ChildSA]
    }

    package struct ChildSA: Codable, Equatable, Sendable {
        package var inboundSPI: String
        package var outboundSPI: String
        package var suite: String
        package var localSelectors: [String]
        package var remoteSelectors: [String]
        package var ageSeconds: UInt64
        /// Absent: it is being rekeyed.
        package var rekeyInSeconds: UInt64?
        package var receivedPackets: UInt64
        package var receivedBytes: UInt64
        package var sentPackets: UInt64
        package var sentBytes: UInt64
        /// Packets go out by it; while it takes over from another, only one does.
        package var isSending: Bool
    }
}

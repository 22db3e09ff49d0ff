package import Foundation
package import Trust
package import WireFormat

/// How recent the controller's word is that the configuration in force is the last one. Stale is a report and nothing more:
/// a node that nobody vouches for any more keeps forwarding.
package struct Freshness: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        case fresh
        /// The last timestamp has run out: the controller is gone, is frozen, or somebody holds back what it says.
        case ranOut
        /// This machine's clock is behind the last timestamp: whether that has run out cannot be told.
        case clock
        /// No timestamp by a key of the root in force was ever taken.
        case never
        /// The root document names no key that may sign one.
        case noKey
    }

    package let state: State
    /// The last timestamp that was taken.
    package let timestamp: ConfigTimestamp?

    package init(of timestamp: VerifiedTimestamp?, root: RootDocument, at now: Date) {
        self.timestamp = timestamp?.timestamp
        state =
            if let timestamp = timestamp?.timestamp {
                if timestamp.issuedAt > now + ConfigVerifier.clockTolerance {
                    .clock
                } else {
                    timestamp.expires > now ? .fresh : .ranOut
                }
            } else {
                root.publicKeys(for: .timestamp).isEmpty ? .noKey : .never
            }
    }

    /// What is wrong, for people; empty when nothing is.
    package var staleness: String {
        switch state {
        case .fresh: ""
        case .ranOut:
            "the controller has not vouched for this configuration since \(Self.text(timestamp?.issuedAt)), "
                + "and that ran out at \(Self.text(timestamp?.expires))"
        case .clock:
            "this machine's clock is behind: the controller vouched for this configuration at "
                + "\(Self.text(timestamp?.issuedAt)); set the clock"
        case .never: "the controller has never vouched for this configuration"
        case .noKey: "the root document names no key that signs timestamps"
        }
    }

    /// As it goes into a report.
    package func wire(required: Bool, refusal: ConfigRefusal?) -> WireFreshness {
        var wire = WireFreshness()
        wire.issuedAt = Self.seconds(timestamp?.issuedAt)
        wire.expires = Self.seconds(timestamp?.expires)
        wire.required = required
        wire.stale = required ? staleness : ""
        if let refusal { wire.refusal = refusal.wire }
        return wire
    }

    /// A line of `status`.
    package var text: String {
        state == .fresh
            ? "vouched for until \(Self.text(timestamp?.expires))" : "stale: \(staleness); traffic goes on"
    }

    private static func seconds(_ date: Date?) -> Int64 {
        date.map { Int64($0.timeIntervalSince1970) } ?? 0
    }

    private static func text(_ date: Date?) -> String {
        date.map { $0.formatted(.iso8601) } ?? "never"
    }
}

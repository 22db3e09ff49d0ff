package import WireFormat

/// Why an agent did not take an update, or the timestamp in it. The reasons are those of `Refusal` in agent.proto.
package struct ConfigRefusal: Error, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, CaseIterable {
        case badSignature = "bad-signature"
        case wrongNode = "wrong-node"
        case unknownKey = "unknown-key"
        /// The generation is under the one in force, or is the same with another content.
        case lowerGeneration = "lower-generation"
        case expiredRoot = "expired-root"
        /// The root document that came to replace the one in force does not follow from it.
        case badRoot = "bad-root"
        /// A segment that is missing, is of another kind or does not have the hash that the config names.
        case badSegment = "bad-segment"
        case malformed
        /// A timestamp that was issued before one that was taken already.
        case oldTimestamp = "old-timestamp"
        /// A timestamp that had run out when it came.
        case expiredTimestamp = "expired-timestamp"
        /// A timestamp of a time to come: a clock is wrong.
        case futureTimestamp = "future-timestamp"
        /// A timestamp of a configuration that has not come, or was refused.
        case missingConfig = "missing-config"
        /// A timestamp under a root document that has not come.
        case missingRoot = "missing-root"
    }

    package let reason: Reason
    /// For people.
    package let detail: String
    /// What the update says its generation is, true or not; 0 when that could not be read.
    package let claimedGeneration: UInt64

    @inline(never)
    package init(_ reason: Reason, _ detail: String, claimedGeneration: UInt64 = 0) {
        self.reason = reason
        self.detail = detail
        self.claimedGeneration = claimedGeneration
    }

    package var description: String { "\(reason.rawValue): \(detail)" }

    /// As it goes into a report.
    package var wire: WireRefusal {
        var wire = WireRefusal()
        wire.reason = reason.rawValue
        wire.detail = detail
        wire.refusedGeneration = claimedGeneration
        return wire
    }
}

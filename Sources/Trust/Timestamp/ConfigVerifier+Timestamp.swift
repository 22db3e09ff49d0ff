package import FoundationEssentials
package import WireFormat

extension ConfigVerifier {
    /// How far clocks may be apart: of this node and the controller, and of two controllers.
    package static let clockTolerance: TimeInterval = 300

    /// Checks a timestamp in this order: expired root, keys, signature, form, node, root, configuration, times.
    ///
    /// - Parameters:
    ///   - inForce: the configuration in force; `nil` where there is none.
    ///   - last: the timestamp that was taken before. Time never goes back behind it.
    /// - Returns: what now counts: this one, or `last` where that is newer by no more than clocks are apart.
    package func verify(
        timestamp envelope: WireEnvelope, inForce: GenerationFloor?, last: VerifiedTimestamp?, now: Date
    ) throws(ConfigRefusal) -> VerifiedTimestamp {
        // Who sets this machine's clock back makes nothing good again that had run out by the last word.
        let latest = max(now, last?.timestamp.issuedAt ?? now)
        if root.isExpired(at: latest) {
            throw ConfigRefusal(.expiredRoot, "root version \(root.document.version) has expired")
        }
        let verified = try verify(storedTimestamp: envelope)
        let timestamp = verified.timestamp
        func refusal(_ reason: ConfigRefusal.Reason, _ detail: String) -> ConfigRefusal {
            ConfigRefusal(reason, "timestamp: \(detail)", claimedGeneration: timestamp.config.generation)
        }
        guard timestamp.rootVersion <= root.document.version else {
            throw refusal(
                .missingRoot, "root version \(timestamp.rootVersion) is in force, \(root.document.version) is here")
        }
        guard let inForce, timestamp.config.generation <= inForce.generation else {
            throw refusal(.missingConfig, "of generation \(timestamp.config.generation), which has not come")
        }
        guard timestamp.config == inForce else {
            let other = timestamp.config.generation == inForce.generation ? " with another content" : ""
            throw refusal(.lowerGeneration, "\(inForce.generation) is in force\(other)")
        }
        guard timestamp.issuedAt <= now + Self.clockTolerance else {
            throw refusal(.futureTimestamp, "issued \(Int(timestamp.issuedAt.timeIntervalSince(now))) s from now")
        }
        guard timestamp.expires > latest else {
            throw refusal(.expiredTimestamp, "expired \(Int(latest.timeIntervalSince(timestamp.expires))) s ago")
        }
        if let last, timestamp.issuedAt < last.timestamp.issuedAt {
            let age = last.timestamp.issuedAt.timeIntervalSince(timestamp.issuedAt)
            guard age <= Self.clockTolerance else {
                throw refusal(.oldTimestamp, "\(Int(age)) s older than one that was taken")
            }
            return last
        }
        return verified
    }

    /// A timestamp from the agent's own store: it was taken once, and says what it said though its time is over.
    package func verify(storedTimestamp envelope: WireEnvelope) throws(ConfigRefusal) -> VerifiedTimestamp {
        let timestamp = try ConfigTimestamp(payload: signedPayload(of: envelope, as: .timestamp, by: .timestamp))
        guard timestamp.tenant == tenant, timestamp.node == node else {
            throw ConfigRefusal(
                .wrongNode, "timestamp: for node \(timestamp.node) of tenant \(timestamp.tenant)",
                claimedGeneration: timestamp.config.generation)
        }
        return VerifiedTimestamp(timestamp: timestamp, envelope: envelope)
    }

    /// Whether a key of the root in force has signed it.
    package func vouches(for timestamp: VerifiedTimestamp) -> Bool {
        (try? signedPayload(of: timestamp.envelope, as: .timestamp, by: .timestamp)) != nil
    }
}

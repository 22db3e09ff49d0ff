package import FoundationEssentials
internal import Sodium
package import WireFormat

/// The controller's word that a configuration was the one in force of a node at a moment, and until when that holds
/// without a newer word (as TUF's timestamp role, TUF specification §4.7: whoever holds back what is new is found out when
/// it has run out).
package struct ConfigTimestamp: Hashable, Sendable {
    package let tenant: String
    package let node: String
    /// Generation and digest of the configuration.
    package let config: GenerationFloor
    /// When the controller last saw the repository as it is. Whole seconds.
    package let issuedAt: Date
    /// Whole seconds.
    package let expires: Date
    /// Of the root document in force.
    package let rootVersion: UInt64

    package init(
        tenant: String, node: String, config: GenerationFloor, issuedAt: Date, expires: Date, rootVersion: UInt64
    ) {
        self.tenant = tenant
        self.node = node
        self.config = config
        self.issuedAt = issuedAt
        self.expires = expires
        self.rootVersion = rootVersion
    }

    /// No timestamp holds for longer: a controller that is frozen is noticed after this time at the latest.
    package static let maximumLife: TimeInterval = 31 * 86400

    /// - Throws: `malformed`.
    init(payload: Data) throws(ConfigRefusal) {
        guard let wire = try? WireTimestamp(serializedBytes: payload) else {
            throw ConfigRefusal(.malformed, "the payload is no timestamp")
        }
        guard wire.configDigest.count == SHA256Digest.byteCount else {
            throw ConfigRefusal(.malformed, "a config digest that is none", claimedGeneration: wire.generation)
        }
        // Within what dates of any use are, so that their difference cannot overflow.
        let times = Int64(0)...Int64(1) << 40
        guard times.contains(wire.issuedAt), times.contains(wire.expires), wire.issuedAt < wire.expires,
            wire.expires - wire.issuedAt <= Int64(Self.maximumLife)
        else { throw ConfigRefusal(.malformed, "times that are none", claimedGeneration: wire.generation) }
        self.init(
            tenant: wire.tenant, node: wire.node,
            config: GenerationFloor(generation: wire.generation, digest: wire.configDigest),
            issuedAt: Date(timeIntervalSince1970: TimeInterval(wire.issuedAt)),
            expires: Date(timeIntervalSince1970: TimeInterval(wire.expires)), rootVersion: wire.rootVersion)
    }

    /// The bytes that are signed. The same timestamp always gives the same.
    func payload() throws -> Data {
        try WireTimestamp.with {
            $0.tenant = tenant
            $0.node = node
            $0.generation = config.generation
            $0.configDigest = config.digest
            $0.issuedAt = Int64(issuedAt.timeIntervalSince1970.rounded(.down))
            $0.expires = Int64(expires.timeIntervalSince1970.rounded(.down))
            $0.rootVersion = rootVersion
        }.serializedData()
    }
}

/// A timestamp that a key of the root has signed, for this node.
package struct VerifiedTimestamp: Hashable, Sendable {
    package let timestamp: ConfigTimestamp
    /// As it came: what is stored, and verified anew when the agent starts.
    package let envelope: WireEnvelope
}

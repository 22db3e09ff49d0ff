package import FoundationEssentials
internal import Sodium
package import WireFormat

/// What stands between an agent and every configuration that it is handed, wherever that came from.
package struct ConfigVerifier: Sendable {
    /// The root in force; replaced by the root that follows it.
    package var root: TrustedRoot
    package let tenant: String
    package let node: String

    package init(root: TrustedRoot, tenant: String, node: String) {
        self.root = root
        self.tenant = tenant
        self.node = node
    }

    /// Checks an update in this order: expired root, keys, signature, form, node, generation, segments.
    ///
    /// The configuration in force, come again, is taken again.
    /// - Parameters:
    ///   - floor: what is in force; `nil` on a node that has no config by a key of the root.
    ///   - now: `nil` for a config that was taken before and comes from the agent's own store: it stays good when its root
    ///     has expired since.
    ///   - segments: an encoded segment by its digest, from the update or from the agent's store; it is hashed again.
    package func verify(
        _ envelope: WireEnvelope, floor: GenerationFloor?, now: Date?, segments: (_ digest: Data) -> Data?
    ) throws(ConfigRefusal) -> VerifiedConfig {
        if let now, root.isExpired(at: now) {
            throw refusal(.expiredRoot, "root version \(root.document.version) has expired", of: envelope)
        }
        let payload = try signedPayload(of: envelope, as: .nodeConfig, by: .config)
        guard let config = try? WireNodeConfig(serializedBytes: payload) else {
            throw ConfigRefusal(.malformed, "the payload is no node config")
        }
        guard config.tenant == tenant, config.node == node else {
            throw refusal(.wrongNode, "for node \(config.node) of tenant \(config.tenant)", of: envelope)
        }
        if let fault = config.fault { throw refusal(.malformed, fault, of: envelope) }
        let digest = Data(SHA256Digest.of(payload))
        if let floor { try check(config.generation, digest, against: floor) }
        var resolver = SegmentResolver(generation: config.generation)
        var networks: [VerifiedConfig.Network] = []
        for network in config.networks { networks.append(try resolver.resolve(network, segments)) }
        return VerifiedConfig(
            config: config, networks: networks, digest: digest, envelope: envelope, segments: resolver.used)
    }

    /// The digests that a config names, for whoever fetches what is missing before `verify`. Nothing is decoded that one
    /// of the root's keys has not signed.
    package func segmentsNamed(by envelope: WireEnvelope) throws(ConfigRefusal) -> Set<Data> {
        let payload = try signedPayload(of: envelope, as: .nodeConfig, by: .config)
        guard let config = try? WireNodeConfig(serializedBytes: payload) else {
            throw ConfigRefusal(.malformed, "the payload is no node config")
        }
        return Set(config.networks.flatMap { $0.peerSegments + $0.addressSetSegments + $0.ruleSegments })
    }

    /// Whether a key of the root in force has signed it.
    package func vouches(for envelope: WireEnvelope) -> Bool {
        (try? signedPayload(of: envelope, as: .nodeConfig, by: .config)) != nil
    }

    func signedPayload(
        of envelope: WireEnvelope, as type: PayloadType, by role: RootDocument.Role
    ) throws(ConfigRefusal) -> Data {
        do {
            return try envelope.verified(as: type, by: root.document.publicKeys(for: role))
        } catch {
            let reason: ConfigRefusal.Reason =
                switch error.code {
                case .malformed, .wrongType: .malformed
                case .unknownKey: .unknownKey
                case .badSignature: .badSignature
                }
            throw refusal(reason, error.reason, of: envelope)
        }
    }

    private func check(
        _ generation: UInt64, _ digest: Data, against floor: GenerationFloor
    ) throws(ConfigRefusal) {
        guard generation >= floor.generation else {
            throw ConfigRefusal(
                .lowerGeneration, "\(floor.generation) is in force", claimedGeneration: generation)
        }
        guard generation > floor.generation || digest == floor.digest else {
            throw ConfigRefusal(
                .lowerGeneration, "\(floor.generation) is in force with another content",
                claimedGeneration: generation)
        }
    }

    /// With the generation that the payload claims, for the report.
    private func refusal(_ reason: ConfigRefusal.Reason, _ detail: String, of envelope: WireEnvelope) -> ConfigRefusal {
        var fields = FieldScanner(envelope.payload)
        var claimed: UInt64 = 0
        while let field = fields.next() {
            if field.number == Self.generationField { claimed = field.varint ?? claimed }
        }
        return ConfigRefusal(reason, detail, claimedGeneration: claimed)
    }

    /// Of `generation` in nodeconfig.proto and timestamp.proto.
    private static let generationField: UInt64 = 3
}

package import Foundation
package import Logging
package import Trust
package import WireFormat

/// The configuration that this node runs, and the way of a new one into force: verified, then stored, then in force. A
/// kill between any two of these leaves the old or the new.
package actor ConfigInForce {
    private let store: AgentStore
    private var verifier: ConfigVerifier
    private let logger: Logger
    package private(set) var verified: VerifiedConfig?
    /// The newest that was taken: of the configuration in force, or of one before it. None by a key that the root in force
    /// does not name: whoever stole that may have signed any.
    package private(set) var timestamp: VerifiedTimestamp?

    /// Takes up the last good configuration from the store. Its root may have expired since, or been followed by one
    /// without the key that signed it: what was good goes on.
    ///
    /// - Throws: when the store holds a configuration or a timestamp that does not verify; it was damaged or replaced.
    package init(store: AgentStore, root: TrustedRoot, identity: AgentIdentity, logger: Logger) throws {
        self.store = store
        self.logger = logger
        verifier = ConfigVerifier(root: root, tenant: identity.tenant, node: identity.node)
        if let sealed = try store.config() {
            var then = verifier
            then.root = try TrustedRoot(sealed.root, pinnedBy: RootPin(ofPayload: sealed.root.payload))
            verified = try then.verify(sealed.envelope, floor: nil, now: nil) { sealed.segments[$0] }
        }
        if let sealed = try store.timestamp() {
            var then = verifier
            then.root = try TrustedRoot(sealed.root, pinnedBy: RootPin(ofPayload: sealed.root.payload))
            let stored = try then.verify(storedTimestamp: sealed.envelope)
            timestamp = verifier.vouches(for: stored) ? stored : nil
        }
    }

    package var root: TrustedRoot { verifier.root }

    package var generation: UInt64 { verified?.generation ?? 0 }

    /// What the next configuration has to reach: nothing where no key of the root in force vouches for the one that runs.
    /// Whoever stole a key may have sent the last generation that there is; that ends with the key (as in the TUF
    /// specification, §5.3.11). What a new key signs is never old, so nothing goes back by it.
    package var floor: GenerationFloor? {
        verified.flatMap { verifier.vouches(for: $0.envelope) ? $0.floor : nil }
    }

    /// Digests that the envelope names and neither `carried` nor the configuration in force has.
    ///
    /// - Throws: `ConfigRefusal` for an envelope that no key of the root has signed.
    package func missingSegments(of envelope: WireEnvelope, carried: [Data: Data]) throws -> [Data] {
        try verifier.segmentsNamed(by: envelope).filter { carried[$0] == nil && verified?.segments[$0] == nil }
    }

    /// Verifies, stores and puts into force.
    ///
    /// - Returns: whether anything changed.
    /// - Throws: `ConfigRefusal`, the configuration in force unchanged; or the store's error.
    package func take(_ envelope: WireEnvelope, segments: [Data: Data], now: Date) throws -> Bool {
        let (known, floor) = (verified?.segments ?? [:], floor)
        // Who sets this machine's clock back makes no root good again that had run out by the controller's last word.
        let latest = max(now, timestamp?.timestamp.issuedAt ?? now)
        let next = try verifier.verify(envelope, floor: floor, now: latest) { segments[$0] ?? known[$0] }
        guard next.floor != floor else { return false }
        try store.save(
            AgentStore.SealedConfig(
                envelope: next.envelope, root: verifier.root.envelope, segments: next.segments))
        verified = next
        logger.info(
            "configuration in force",
            metadata: ["generation": "\(next.generation)", "commit": "\(next.config.sourceCommit.prefix(12))"])
        return true
    }

    /// Verifies and stores the controller's word that the configuration in force is the last one.
    ///
    /// - Returns: whether it is a newer word than the one before.
    /// - Throws: `ConfigRefusal`, the timestamp before unchanged; or the store's error.
    package func take(timestamp envelope: WireEnvelope, now: Date) throws -> Bool {
        let next = try verifier.verify(timestamp: envelope, inForce: floor, last: timestamp, now: now)
        guard next != timestamp else { return false }
        try store.save(AgentStore.SealedTimestamp(envelope: next.envelope, root: verifier.root.envelope))
        timestamp = next
        return true
    }

    package func freshness(at now: Date) -> Freshness {
        Freshness(of: timestamp, root: verifier.root.document, at: now)
    }

    /// Follows the chain of roots by one step.
    ///
    /// - Throws: `RootError`, the root in force unchanged.
    package func updateRoot(with envelope: WireEnvelope) throws {
        let next = try verifier.root.updated(with: envelope)
        guard next != verifier.root else { return }
        try store.save(root: next.envelope)
        verifier.root = next
        timestamp = timestamp.flatMap { verifier.vouches(for: $0) ? $0 : nil }
        logger.notice("root document replaced", metadata: ["version": "\(next.document.version)"])
    }
}

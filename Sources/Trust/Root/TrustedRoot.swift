package import FoundationEssentials
package import Sodium
package import WireFormat

/// A root document that this machine has reason to trust: it was pinned, or it follows from one that was.
package struct TrustedRoot: Hashable, Sendable {
    package let document: RootDocument
    /// As it was signed: what is stored and served.
    package let envelope: WireEnvelope

    package var pin: RootPin { RootPin(ofPayload: envelope.payload) }

    /// Signs a document with its own root keys; throws when they do not reach its threshold.
    package init(signing document: RootDocument, by keys: [any Ed25519.SigningKey]) throws {
        let envelope = try WireEnvelope(signing: try document.payload(), as: .root, by: keys)
        try self.init(checking: envelope)
    }

    /// The root whose payload has the pinned hash. Its expiry is asked for apart: a chain may start with an old root.
    package init(_ envelope: WireEnvelope, pinnedBy pin: RootPin) throws(RootError) {
        guard RootPin(ofPayload: envelope.payload) == pin else {
            throw RootError(.wrongPin, "payload is \(RootPin(ofPayload: envelope.payload)), pinned is \(pin)")
        }
        try self.init(checking: envelope)
    }

    /// The root that `chain` leads to from the pinned one. Roots before the pinned one are passed over.
    package init(chain: [WireEnvelope], pinnedBy pin: RootPin) throws(RootError) {
        guard let start = chain.firstIndex(where: { RootPin(ofPayload: $0.payload) == pin }) else {
            throw RootError(.wrongPin, "none of \(chain.count) roots is the pinned \(pin)")
        }
        var root = try TrustedRoot(chain[start], pinnedBy: pin)
        for envelope in chain[(start + 1)...] { root = try root.updated(with: envelope) }
        self = root
    }

    /// The next root by the TUF rule (TUF specification §5.3): its version is one more, and it is signed by the threshold
    /// of this root's keys and by that of its own. The same root again changes nothing.
    package func updated(with envelope: WireEnvelope) throws(RootError) -> TrustedRoot {
        if envelope.payload == self.envelope.payload { return self }
        _ = try Self.verify(envelope, by: document)
        let next = try TrustedRoot(checking: envelope)
        guard document.version < .max, next.document.version == document.version + 1 else {
            throw RootError(.wrongVersion, "version \(next.document.version) after \(document.version)")
        }
        guard next.document.trustDomain == document.trustDomain else {
            throw RootError(.wrongTrustDomain, "\(next.document.trustDomain) after \(document.trustDomain)")
        }
        return next
    }

    package func isExpired(at now: Date) -> Bool {
        document.expires <= now
    }

    /// Throws `expired` when the time is over.
    package func checkNotExpired(at now: Date) throws(RootError) {
        guard !isExpired(at: now) else { throw RootError(.expired, "version \(document.version) expired") }
    }

    /// Signed by its own threshold.
    private init(checking envelope: WireEnvelope) throws(RootError) {
        let document = try RootDocument(payload: envelope.payload)
        _ = try Self.verify(envelope, by: document)
        self.document = document
        self.envelope = envelope
    }

    private static func verify(_ envelope: WireEnvelope, by signers: RootDocument) throws(RootError) -> Data {
        do {
            return try envelope.verified(
                as: .root, by: signers.publicKeys(for: .root), threshold: signers.threshold)
        } catch {
            let code: RootError.Code = error.code == .malformed || error.code == .wrongType ? .malformed : .badSignature
            throw RootError(code, "by the keys of version \(signers.version): \(error.reason)")
        }
    }
}

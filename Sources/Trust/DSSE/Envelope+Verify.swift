package import FoundationEssentials
package import Sodium
package import WireFormat

extension WireEnvelope {
    /// Of `signatures` in envelope.proto.
    private static let signaturesField: UInt64 = 3

    /// Reads an envelope from foreign bytes, at most `limit` of them. Nothing in it is true before `verified` says so.
    package init(decoding bytes: Data, limit: Int = PayloadType.nodeConfig.maximumPayload + 8192) throws(EnvelopeError)
    {
        guard bytes.count <= limit else {
            throw EnvelopeError(.malformed, "\(bytes.count) bytes; \(limit) are allowed")
        }
        // Counted before they are decoded: two bytes of an empty signature would become a hundred.
        var fields = FieldScanner(bytes)
        var signatures = 0
        while let field = fields.next() {
            signatures += field.number == Self.signaturesField ? 1 : 0
            guard signatures <= DSSE.maximumSignatures else {
                throw EnvelopeError(.malformed, "more than \(DSSE.maximumSignatures) signatures")
            }
        }
        guard fields.isComplete else { throw EnvelopeError(.malformed, "not an envelope") }
        do {
            try self.init(serializedBytes: bytes)
        } catch {
            throw EnvelopeError(.malformed, "not an envelope: \(error)")
        }
    }

    /// The payload, once `threshold` different keys among `keys` have signed it as `type`.
    ///
    /// A signature counts once per key, however often it is repeated; signatures by other keys are passed over. Signatures
    /// are found by key id; one without an id is tried with every key.
    package func verified(
        as type: PayloadType, by keys: [Ed25519.PublicKey], threshold: Int = 1
    ) throws(EnvelopeError) -> Data {
        guard payloadType == type.rawValue else {
            throw EnvelopeError(.wrongType, "payload type is not \(type.rawValue)")
        }
        guard payload.count <= type.maximumPayload else {
            throw EnvelopeError(.malformed, "a payload of \(payload.count) bytes; \(type.maximumPayload) are allowed")
        }
        guard signatures.count <= DSSE.maximumSignatures else {
            throw EnvelopeError(.malformed, "\(signatures.count) signatures; \(DSSE.maximumSignatures) are allowed")
        }
        let message = DSSE.preAuthenticationEncoding(payloadType: payloadType, payload: payload)
        var named = false
        var signers: Set<Ed25519.PublicKey> = []
        for key in keys {
            let id = KeyID(of: key).description
            let candidates = signatures.filter { $0.keyid == id || $0.keyid.isEmpty }
            named = named || !candidates.isEmpty
            if candidates.contains(where: { key.isValid($0.sig, for: message) }) { signers.insert(key) }
        }
        guard named else { throw EnvelopeError(.unknownKey, "not signed by a key that may sign this") }
        guard signers.count >= max(threshold, 1) else {
            throw EnvelopeError(.badSignature, "\(signers.count) valid signatures, \(max(threshold, 1)) needed")
        }
        return payload
    }
}

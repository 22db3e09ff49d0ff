package import FoundationEssentials
package import Sodium
package import WireFormat

/// A root document on its way: made by one, signed by holders of root keys one after another or each for themselves, then
/// published.
package struct RootDraft: Hashable, Sendable {
    package let document: RootDocument
    package private(set) var envelope: WireEnvelope

    package init(_ document: RootDocument) throws {
        self.document = document
        envelope = try WireEnvelope(signing: try document.payload(), as: .root, by: [])
    }

    /// Of a file that comes from somebody: a document without contradictions; nothing is said about who signed it.
    package init(decoding bytes: Data) throws {
        envelope = try WireEnvelope(decoding: bytes)
        guard envelope.payloadType == PayloadType.root.rawValue else {
            throw RootError(.malformed, "not a root document")
        }
        document = try RootDocument(payload: envelope.payload)
    }

    package var encoded: Data { get throws { try envelope.serializedData() } }

    package mutating func sign(by key: any Ed25519.SigningKey) throws { try envelope.addSignature(by: key) }

    /// Takes over the signatures of another copy.
    package mutating func merge(_ other: RootDraft) throws(RootError) {
        guard other.envelope.payload == envelope.payload else {
            throw RootError(.malformed, "another document: signatures of one say nothing of the other")
        }
        for signature in other.envelope.signatures where !envelope.signatures.contains(signature) {
            envelope.signatures.append(signature)
        }
    }

    /// How many signatures it still needs.
    package struct Missing: Hashable, Sendable, CustomStringConvertible {
        /// Of the root keys in force.
        package let old: Int
        /// Of those that it names itself.
        package let new: Int

        package var isEmpty: Bool { old == 0 && new == 0 }

        package var description: String {
            let parts = [(old, "root keys in force"), (new, "root keys that it names")].filter { $0.0 > 0 }
            return "needs " + parts.map { "\($0.0) more signatures by \($0.1)" }.joined(separator: " and ")
        }
    }

    package func missing(after root: TrustedRoot) -> Missing {
        Missing(old: missing(by: root.document), new: missing(by: document))
    }

    private func missing(by signers: RootDocument) -> Int {
        let message = DSSE.preAuthenticationEncoding(payloadType: envelope.payloadType, payload: envelope.payload)
        let valid = signers.publicKeys(for: .root).count { key in
            let id = KeyID(of: key).description
            return envelope.signatures.contains { $0.keyid == id && key.isValid($0.sig, for: message) }
        }
        return max(signers.threshold - valid, 0)
    }
}

package import FoundationEssentials
package import Sodium
package import WireFormat

extension WireEnvelope {
    /// A payload with one signature of each key. The same input gives the same bytes.
    package init(signing payload: Data, as type: PayloadType, by keys: [any Ed25519.SigningKey]) throws {
        self.init()
        self.payload = payload
        payloadType = type.rawValue
        for key in keys { try addSignature(by: key) }
    }

    /// Adds a signature, in place of one that the same key made before: how holders of root keys sign one after another.
    package mutating func addSignature(by key: any Ed25519.SigningKey) throws {
        let id = KeyID(of: key.publicKey).description
        var signature = WireSignature()
        signature.keyid = id
        signature.sig = Data(
            try key.sign(DSSE.preAuthenticationEncoding(payloadType: payloadType, payload: payload)))
        signatures.removeAll { $0.keyid == id }
        signatures.append(signature)
    }
}

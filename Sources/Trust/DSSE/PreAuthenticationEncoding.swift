/// Dead Simple Signing Envelope, v1.0.2 (github.com/secure-systems-lab/dsse): what is signed and how it is carried.
package enum DSSE {
    /// The bytes that a signature covers: `"DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload` (protocol.md).
    package static func preAuthenticationEncoding(payloadType: String, payload: some Collection<UInt8>) -> [UInt8] {
        var encoding = Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8)
        encoding.append(contentsOf: payload)
        return encoding
    }

    /// The most signatures that an envelope may carry.
    static let maximumSignatures = 32
}

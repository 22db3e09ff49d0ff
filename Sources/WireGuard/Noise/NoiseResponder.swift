package import OpenSSL

/// The responder's side of Noise IKpsk2: a state a type, each made from the one before.
///
///     read ◀── first message ──▶ NoiseResponder (whose key is it?) ──▶ open ──▶ Opened (payload) ──▶ respond ──▶ SessionKeys
package struct NoiseResponder: Sendable {
    private var state: NoiseState
    private let remoteEphemeral: PublicKey
    private let payload: [UInt8]
    /// Who the initiator says it is. It has proved it only when `open` succeeds.
    package let remote: PublicKey

    /// Decrypts the initiator's static key. `nil` when the message is not for this key.
    package static func read(
        _ message: [UInt8], _ start: NoiseState, local: Curve25519.PrivateKey
    ) -> NoiseResponder? {
        let keyCount = PublicKey.byteCount
        let sealedKeyCount = keyCount + ChaCha20Poly1305.tagCount
        guard message.count >= keyCount + sealedKeyCount + ChaCha20Poly1305.tagCount,
            let ephemeral = PublicKey(message.prefix(keyCount)), let shared = local.sharedSecret(with: ephemeral)
        else { return nil }
        var state = start
        state.mixHash(local.publicKey)
        state.mixEphemeral(ephemeral)
        let key = state.mixDerivingKey(shared)
        guard let bytes = state.decrypt(message[keyCount..<(keyCount + sealedKeyCount)], key: key),
            let remote = PublicKey(bytes)
        else { return nil }
        return NoiseResponder(
            state: state, remoteEphemeral: ephemeral, payload: Array(message[(keyCount + sealedKeyCount)...]),
            remote: remote)
    }

    /// Decrypts the payload, which proves that the initiator has the private key of `remote`.
    package func open(staticShared: SecretKey) -> Opened? {
        var state = state
        let key = state.mixDerivingKey(staticShared)
        guard let payload = state.decrypt(payload[...], key: key) else { return nil }
        return Opened(state: state, remote: remote, remoteEphemeral: remoteEphemeral, payload: payload)
    }

    /// An initiation whose sender has proved who it is.
    package struct Opened: Sendable {
        fileprivate let state: NoiseState
        fileprivate let remote: PublicKey
        fileprivate let remoteEphemeral: PublicKey
        package let payload: [UInt8]

        /// The second message. `nil` when one of the initiator's keys is of small order.
        package func respond(
            ephemeral: Curve25519.PrivateKey, presharedKey: SecretKey, payload: [UInt8]
        ) -> (keys: SessionKeys, message: [UInt8])? {
            guard let ephemeralShared = ephemeral.sharedSecret(with: remoteEphemeral),
                let staticShared = ephemeral.sharedSecret(with: remote)
            else { return nil }
            var state = state
            state.mixEphemeral(ephemeral.publicKey)
            state.mixKey(ephemeralShared)
            state.mixKey(staticShared)
            let key = state.mixPresharedKey(presharedKey)
            let sealed = payload.withUnsafeBytes { state.encrypt($0, key: key) }
            let (initiator, responder) = state.split()
            let keys = SessionKeys(sending: responder, receiving: initiator, transcript: state.hash)
            return (keys, ephemeral.publicKey.array + sealed)
        }
    }
}

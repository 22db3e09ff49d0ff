package import OpenSSL

/// The initiator's side of Noise IKpsk2.
///
///     start ──▶ (e, es, s, ss, payload) ──▶ finish ◀── (e, ee, se, psk, payload) ──▶ SessionKeys
///
/// `finish` does not change the value: an answer that is not genuine leaves it fit for the one that is.
package struct NoiseInitiator: Sendable {
    private let state: NoiseState
    private let ephemeral: Curve25519.PrivateKey

    /// The first message: ephemeral key, encrypted static key, encrypted payload. `staticShared` is X25519 of the two
    /// static keys. `nil` when the responder's key is of small order.
    package static func start(
        _ start: NoiseState, local: Curve25519.PrivateKey, remote: PublicKey, staticShared: SecretKey,
        ephemeral: Curve25519.PrivateKey, payload: [UInt8]
    ) -> (initiator: NoiseInitiator, message: [UInt8])? {
        guard let ephemeralShared = ephemeral.sharedSecret(with: remote) else { return nil }
        var state = start
        state.mixHash(remote)
        state.mixEphemeral(ephemeral.publicKey)
        var message = ephemeral.publicKey.array
        let staticKey = state.mixDerivingKey(ephemeralShared)
        message += local.publicKey.withUnsafeBytes { state.encrypt($0, key: staticKey) }
        let payloadKey = state.mixDerivingKey(staticShared)
        message += payload.withUnsafeBytes { state.encrypt($0, key: payloadKey) }
        return (NoiseInitiator(state: state, ephemeral: ephemeral), message)
    }

    /// Takes the second message. `nil` when it is not the answer to the first.
    package func finish(
        _ message: [UInt8], local: Curve25519.PrivateKey, presharedKey: SecretKey
    ) -> (keys: SessionKeys, payload: [UInt8])? {
        guard let remoteEphemeral = PublicKey(message.prefix(PublicKey.byteCount)),
            let ephemeralShared = ephemeral.sharedSecret(with: remoteEphemeral),
            let staticShared = local.sharedSecret(with: remoteEphemeral)
        else { return nil }
        var state = state
        state.mixEphemeral(remoteEphemeral)
        state.mixKey(ephemeralShared)
        state.mixKey(staticShared)
        let key = state.mixPresharedKey(presharedKey)
        guard let payload = state.decrypt(message.dropFirst(PublicKey.byteCount), key: key) else { return nil }
        let (initiator, responder) = state.split()
        return (SessionKeys(sending: initiator, receiving: responder, transcript: state.hash), payload)
    }
}

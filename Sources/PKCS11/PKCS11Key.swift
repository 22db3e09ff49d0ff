package import Sodium
internal import Synchronization

/// An Ed25519 key in a token: it signs there (CKM_EDDSA) and never leaves it.
package final class PKCS11Key: Ed25519.SigningKey {
    package let publicKey: Ed25519.PublicKey
    private let uri: PKCS11URI
    private let module: PKCS11Module
    private let pin: SecretBytes
    private let session: Mutex<PKCS11Session?>

    /// Opens a session, which stays open. The PIN is kept, as a token that was away asks for it again.
    package init(_ uri: PKCS11URI, pin: SecretBytes) throws(PKCS11Error) {
        self.uri = uri
        self.pin = pin
        module = try PKCS11Module.load(uri.module)
        let session = try PKCS11Session(uri, module: module, pin: pin)
        publicKey = session.publicKey
        self.session = Mutex(session)
    }

    /// What does not verify is not handed on: it would be found out only where it is needed.
    package func sign(_ message: [UInt8]) throws -> [UInt8] {
        let signature = try session.withLock { session -> [UInt8] in
            if let signature = try? session?.sign(message) { return signature }
            // The token may have been away: once more with a new session. The old one is closed before, and with it the
            // login of a token that is not there any more.
            session = nil
            session = try PKCS11Session(uri, module: module, pin: pin)
            guard let signature = try session?.sign(message) else { return [] }
            return signature
        }
        guard publicKey.isValid(signature, for: message) else {
            throw PKCS11Error(.badSignature, "\(uri): what the token signed does not verify")
        }
        return signature
    }
}

internal import OpenSSL

/// The device's own key and what is derived from it.
struct Identity {
    let key: Curve25519.PrivateKey
    var cookies: CookieChecker

    init(_ secret: SecretKey) {
        key = Curve25519.PrivateKey(secret)
        cookies = CookieChecker(publicKey: key.publicKey)
    }
}

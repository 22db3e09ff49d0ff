/// A Curve25519 public key: who a peer is.
package typealias PublicKey = Curve25519.PublicKey

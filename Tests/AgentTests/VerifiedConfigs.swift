import Foundation
import Sodium
import Testing
import Trust
import WireFormat

/// The way of every config: signed by the controller, verified by the agent.
///
/// - Parameter cvlans: the network is in the config once for each, under its name.
func verify(
    _ config: WireNodeConfig, _ network: WireNetworkConfig, _ peers: [WirePeer], cvlans: [String],
    key: X25519.PublicKey
) throws -> VerifiedConfig {
    var segment = WireSegment()
    segment.peers.peers = peers
    let (bytes, digest) = try segment.encodedWithDigest()
    var network = network
    network.peerSegments = [digest]
    var config = config
    config.publicKey = Data(key.bytes)
    config.networks = cvlans.map { cvlan in
        var network = network
        network.cvlan = cvlan
        return network
    }
    let signingKey = Ed25519.PrivateKey()
    let root = try TrustedRoot(
        signing: RootDocument(
            expires: .distantFuture, trustDomain: try #require(TrustDomain("example.org")),
            keys: [.init(signingKey.publicKey, roles: [.root, .config])],
            certificateAuthorities: [Data([0])], enrollmentKey: X25519.PrivateKey().publicKey),
        by: [signingKey])
    return try ConfigVerifier(root: root, tenant: config.tenant, node: config.node).verify(
        try ConfigSigner(key: signingKey).sign(config), floor: nil, now: Date()
    ) { $0 == digest ? bytes : nil }
}

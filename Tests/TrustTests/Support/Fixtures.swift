import FoundationEssentials
import Sodium
import TestRandom
import Testing
import Trust
import WireFormat

/// Keys and documents that tests start from; the same for the same seed.
struct Fixtures {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let day: TimeInterval = 86400

    let rootKeys: [Ed25519.PrivateKey]
    let configKey: Ed25519.PrivateKey
    let timestampKey: Ed25519.PrivateKey
    let enrollmentKey: X25519.PrivateKey
    let nodeKey: X25519.PrivateKey
    let trustDomain: TrustDomain

    init(seed: UInt64 = 1) throws {
        var generator = SeededRandom(seed)
        rootKeys = try (0..<4).map { _ in try Self.signingKey(&generator) }
        configKey = try Self.signingKey(&generator)
        enrollmentKey = try #require(X25519.PrivateKey(SecretBytes(copying: generator.bytes(32))))
        nodeKey = try #require(X25519.PrivateKey(SecretBytes(copying: generator.bytes(32))))
        timestampKey = try Self.signingKey(&generator)
        trustDomain = try #require(TrustDomain("example.org"))
    }

    static func signingKey(_ generator: inout SeededRandom) throws -> Ed25519.PrivateKey {
        try #require(Ed25519.PrivateKey(seed: SecretBytes(copying: generator.bytes(32))))
    }

    /// Signed by the keys that it names as root keys; two of three unless told otherwise.
    func document(
        version: UInt64 = 1, signers: Range<Int> = 0..<3, threshold: Int = 2, expires: Date? = nil
    ) -> RootDocument {
        RootDocument(
            version: version, expires: expires ?? Self.now.addingTimeInterval(30 * Self.day), trustDomain: trustDomain,
            threshold: threshold,
            keys: rootKeys[signers].map { .init($0.publicKey, roles: [.root]) }
                + [
                    .init(configKey.publicKey, roles: [.config]), .init(timestampKey.publicKey, roles: [.timestamp]),
                ],
            certificateAuthorities: [], enrollmentKey: enrollmentKey.publicKey)
    }

    func root(expires: Date? = nil) throws -> TrustedRoot {
        try TrustedRoot(signing: document(expires: expires), by: Array(rootKeys[..<3]))
    }

    /// A config of one network with one segment of each kind, and these segments by digest.
    func config(
        tenant: String = "acme", node: String = "laptop", generation: UInt64 = 7
    ) throws -> (config: WireNodeConfig, segments: [Data: Data]) {
        let peers = WireSegment.with {
            $0.peers.peers = [
                .with {
                    $0.node = "laptop"; $0.publicKey = Data(nodeKey.publicKey.bytes)
                }
            ]
        }
        let sets = WireSegment.with { $0.addressSets.sets = [.with { $0.name = "any" }] }
        let rules = WireSegment.with {
            $0.rules.rules = [
                .with {
                    $0.name = "office/web"; $0.from = ["any"]; $0.to = ["any"]
                }
            ]
        }
        var segments: [Data: Data] = [:]
        var network = WireNetworkConfig()
        network.cvlan = "office"
        network.peerSegments = [try add(peers, to: &segments)]
        network.addressSetSegments = [try add(sets, to: &segments)]
        network.ruleSegments = [try add(rules, to: &segments)]
        let config = WireNodeConfig.with {
            $0.tenant = tenant
            $0.node = node
            $0.generation = generation
            $0.publicKey = Data(nodeKey.publicKey.bytes)
            $0.networks = [network]
        }
        return (config, segments)
    }

    func add(_ segment: WireSegment, to segments: inout [Data: Data]) throws -> Data {
        let (bytes, digest) = try segment.encodedWithDigest()
        segments[digest] = bytes
        return digest
    }
}

func hex(_ text: String) throws -> [UInt8] {
    try #require(Hex.decode(text))
}

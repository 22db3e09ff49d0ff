import FoundationEssentials
import Sodium
import Trust
import WireFormat

/// Everything that strangers hand to `Trust`. The first byte says to which parser the rest goes; payloads are signed
/// here by a key that the root names, so that the fuzzer reaches what is behind the signature.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0 else { return 0 }
    let input = Data(UnsafeBufferPointer(start: start, count: count))
    Fixture.shared.parse(input.dropFirst(), as: input[0])
    return 0
}

private struct Fixture: Sendable {
    static let shared: Fixture = {
        do {
            return try Fixture()
        } catch {
            fatalError("nothing would be tried: \(error)")
        }
    }()
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    let key: Ed25519.PrivateKey
    let root: TrustedRoot
    let verifier: ConfigVerifier

    init() throws {
        guard let key = Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: 7, count: 32))),
            let enrollmentKey = X25519.PublicKey([UInt8](repeating: 9, count: 32)),
            let trustDomain = TrustDomain("example.org")
        else { throw CancellationError() }
        let document = RootDocument(
            expires: Self.now.addingTimeInterval(86400), trustDomain: trustDomain,
            keys: [.init(key.publicKey, roles: [.root, .config])], certificateAuthorities: [],
            enrollmentKey: enrollmentKey)
        self.key = key
        root = try TrustedRoot(signing: document, by: [key])
        verifier = ConfigVerifier(root: root, tenant: "acme", node: "laptop")
    }

    func parse(_ bytes: Data, as kind: UInt8) {
        let bytes = Data(bytes)
        switch kind % 8 {
        case 0:
            guard let envelope = try? WireEnvelope(decoding: bytes) else { return }
            _ = try? verifier.verify(envelope, floor: nil, now: Self.now) { _ in nil }
            _ = try? root.updated(with: envelope)
        case 1: parseConfig(bytes)
        case 2: _ = try? root.updated(with: WireEnvelope(signing: bytes, as: .root, by: [key]))
        case 3:
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? UnverifiedJoinToken(text)
            _ = try? HeldJoinToken(text)
            _ = JoinProof(text)
        case 4: parseClaims(bytes)
        case 5: _ = try? CertificateRequest(der: bytes)
        case 6:
            _ = try? NodeIdentity(certificate: bytes)
            _ = try? CertificateChain(pem: bytes)
        default: parseStream(bytes)
        }
    }

    /// A config, then after its length the segment that it is given whatever it asks for, and once more with the segment
    /// that it names.
    private func parseConfig(_ bytes: Data) {
        var decoder = FrameDecoder(.varint, limit: 1 << 16)
        decoder.append(bytes)
        guard let payload = try? decoder.next() else { return }
        let segment = (try? decoder.next()) ?? []
        guard let envelope = try? WireEnvelope(signing: Data(payload), as: .nodeConfig, by: [key]) else { return }
        _ = try? verifier.verify(envelope, floor: nil, now: Self.now) { _ in Data(segment) }
        guard var config = try? WireNodeConfig(serializedBytes: payload), !config.networks.isEmpty else { return }
        config.networks[0].peerSegments = [WireSegment.digest(ofEncoded: segment)]
        config.networks[0].ruleSegments = config.networks[0].peerSegments
        guard let named = try? ConfigSigner(key: key).sign(config) else { return }
        _ = try? verifier.verify(named, floor: nil, now: Self.now) { _ in Data(segment) }
    }

    private func parseClaims(_ bytes: Data) {
        let footer = Array(#"{"kid":"\#(PASERK.id(of: key.publicKey))"}"#.utf8)
        let text = PASETO(signing: Array(bytes), footer: footer, by: key).text
        _ = try? UnverifiedJoinToken(text).verified(by: [key.publicKey], now: Self.now)
    }

    private func parseStream(_ bytes: Data) {
        for framing in [Framing.varint, .fixed32] {
            var decoder = FrameDecoder(framing, limit: 64)
            decoder.append(bytes)
            while let message = try? decoder.next() { precondition(message.count <= 64) }
        }
    }
}

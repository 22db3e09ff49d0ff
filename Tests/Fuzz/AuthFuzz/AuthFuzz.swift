import IPsec
import OpenSSL
import TestCertificates
import Tunneling

/// libFuzzer's entry: what a peer proves itself with, chosen by the first byte.
///
/// Nothing may trap, what is decoded encodes to what it was, and nothing made up lets anybody in.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAuth(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count >= 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data + 1, count: min(count, 65_536) - 1))
    switch data[0] % 8 {
    case 0: certificate(bytes)
    case 1: name(bytes)
    case 2: signature(bytes)
    case 3: encrypted(bytes)
    case 4: authenticator(.mschapv2(users: ["user": SecretBytes(copying: Array("secret".utf8))]), bytes)
    case 5: authenticator(.tls(Fixture.tls), bytes)
    case 6: client(.mschapv2(user: "user", password: SecretBytes(copying: Array("secret".utf8))), bytes)
    default: client(.tls(Fixture.tls), bytes)
    }
    return 0
}

private func certificate(_ bytes: [UInt8]) {
    if let list = try? RevocationList(der: bytes) {
        try? Fixture.verifier.anchors.verify(
            Fixture.credential.certificate, intermediates: Fixture.credential.chain, revocationLists: [list],
            at: Certificates.time)
    }
    guard let certificate = try? Certificate(der: bytes) else { return }
    precondition(certificate.der == bytes, "another certificate")
    precondition(certificate.subject.description.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "unprintable")
    _ = Identity.preferred(of: certificate)
    let chain = [bytes] + Fixture.credential.chain.map(\.der)
    let identity = Identity.distinguishedName(certificate.subject.der)
    let leaf = try? Fixture.verifier.verify(
        chain: chain, identity: identity, expected: [.any], at: Fixture.time)
    precondition(leaf == nil || Fixture.known.contains(bytes), "a certificate that nobody issued")
}

private func name(_ bytes: [UInt8]) {
    if let name = DistinguishedName(der: bytes) {
        precondition(DistinguishedName(der: name.der) == name, "another name")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let name = DistinguishedName(text) {
        precondition(DistinguishedName(der: name.der) == name, "another name")
        _ = name.hashValue
    }
    guard let pattern = IdentityPattern(text: text), let identity = Identity(text: text) else { return }
    if case .host(let host) = pattern, host.hasPrefix("*.") { return }
    precondition(pattern.matches(identity), "not itself")
}

private func signature(_ bytes: [UInt8]) {
    if let key = try? VerificationKey(der: bytes) { _ = key.verifies(bytes, of: bytes, by: .ecdsa(.sha256)) }
    guard let method = bytes.first else { return }
    let payload = AuthenticationPayload(AuthenticationMethod(rawValue: method), Array(bytes.dropFirst()))
    for profile in Profile.allCases {
        for key in Fixture.keys {
            let isTaken: Void? = try? SignatureAuth.verify(
                payload, of: Fixture.octets, by: key.publicKey, SignaturePolicy(profile))
            precondition(isTaken == nil, "a signature that nobody made")
        }
    }
    let isTaken: Void? = try? SharedKeyAuth.verify(payload, of: Fixture.octets, by: Fixture.secret)
    precondition(isTaken == nil, "a proof that nobody made")
    _ = ECDSASignature.fixed(fromDER: bytes, coordinateCount: 32)
    _ = ECDSASignature.der(fromFixed: bytes, coordinateCount: 32)
    for group in [KeyAgreement.Group.x25519, .p256, .p384] { _ = try? KeyAgreement(group).sharedSecret(with: bytes) }
}

private func encrypted(_ bytes: [UInt8]) {
    for (encryption, integrity) in Fixture.ciphers {
        let suite = IKESuite(encryption: encryption, integrity: integrity, prf: .hmacSHA256, group: .curve25519)
        let cipher = IKECipher(
            suite, encryptionKey: SecretBytes(count: encryption.keyCount + encryption.saltCount) { _ in },
            integrityKey: SecretBytes(count: integrity?.keyCount ?? 0) { _ in })
        precondition((try? cipher.open(bytes, header: [1])) == nil, "a message that nobody sealed")
        let body = cipher.seal(bytes, header: [1])
        precondition((try? cipher.open(body, header: [1])) == bytes, "another text")
    }
}

// MARK: - EAP: messages of two bytes of length and the type-data

private func authenticator(_ method: EAPMethod, _ bytes: [UInt8]) {
    var authenticator = EAPAuthenticator(EAPSettings([method]), Fixture.environment)
    var request = authenticator.begin()
    var type = request.method
    for data in split(bytes) {
        let step = authenticator.receive(
            EAPMessage(.response, identifier: request.identifier, method: type, data: data))
        guard case .send(let next) = step else {
            if case .success = step { preconditionFailure("somebody got in") }
            return
        }
        request = next
        type = next.method
    }
}

private func client(_ method: EAPClient.Method, _ bytes: [UInt8]) {
    guard var client = EAPClient(identity: "user", method, Fixture.environment) else { return }
    let type: UInt8
    if case .tls = method { type = 13 } else { type = 26 }
    for data in split(bytes) {
        let step = client.receive(EAPMessage(.request, identifier: 1, method: type, data: data))
        guard case .send = step else { return }
    }
    if case .success = client.receive(EAPMessage(.success, identifier: 1)) {
        preconditionFailure("a server that knows nothing was believed")
    }
}

private func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var rest = bytes[...]
    while rest.count >= 2, parts.count < 64 {
        let count = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
        parts.append(Array(rest.dropFirst(2).prefix(count)))
        rest = rest.dropFirst(2 + count)
    }
    return parts
}

private enum Fixture {
    static let time = WallTime(seconds: Certificates.time, nanoseconds: 0)
    static let environment = Environment(
        random: { $0.initializeMemory(as: UInt8.self, repeating: 7) }, wallTime: { time })
    static let secret = SecretBytes(copying: Array("a secret".utf8))
    static let credential = certified(Certificates.gate, Certificates.gateKey)
    static let verifier = CertificateVerifier(TrustAnchors(certificates(Certificates.root)))
    static let tls = EAPTLSSettings(credential: credential, verifier: verifier)
    static let keys = [Certificates.gateKey, Certificates.coreKey, Certificates.routerKey].compactMap {
        try? SigningKey(SecretBytes(copying: Array($0.utf8)))
    }
    static let octets = AuthOctets(
        prf: .hmacSHA256, message: [1], nonce: [2], key: secret, identification: Identity.fqdn("a").identification)
    static let ciphers: [(EncryptionAlgorithm, IntegrityAlgorithm?)] = [
        (.aes256GCM16, nil), (.chaCha20Poly1305, nil), (.aes128CBC, .hmacSHA256x128), (.aes256CBC, .hmacSHA512x256),
    ]

    /// Those that the root or its issuer did issue.
    static let known = Set(
        [
            Certificates.root, Certificates.issuing, Certificates.gate, Certificates.router, Certificates.core,
            Certificates.plain, Certificates.wildcard, Certificates.embeddedZero, Certificates.narrow,
        ].flatMap(certificates).map(\.der))

    static func certificates(_ pem: String) -> [Certificate] { (try? Certificate.all(pem: Array(pem.utf8))) ?? [] }

    static func certified(_ certificate: String, _ key: String) -> CertifiedKey {
        let chain = [certificate, Certificates.issuing].flatMap(certificates).map(\.der)
        guard let credential = try? CertifiedKey(chain: chain, key: SecretBytes(copying: Array(key.utf8))) else {
            preconditionFailure("not a credential")
        }
        return credential
    }
}

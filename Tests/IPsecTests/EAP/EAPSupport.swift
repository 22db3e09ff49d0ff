import IPsec
import OpenSSL
import Synchronization
import TestCertificates
import TestRandom
import Testing
import Tunneling

/// Both ends of an EAP exchange, and what goes between them.
struct EAPExchange {
    var authenticator: EAPAuthenticator
    var client: EAPClient
    /// From the authenticator and from the client, in turn.
    private(set) var messages: [EAPMessage] = []
    /// Changes a message on its way; the count of those before it tells which it is.
    var change: (Int, EAPMessage) -> EAPMessage = { _, message in message }

    init(_ authenticator: EAPAuthenticator, _ client: EAPClient?) throws {
        self.authenticator = authenticator
        self.client = try #require(client)
    }

    /// The last step of each end; `nil` for one that was not asked again.
    mutating func run() -> (server: EAPStep?, client: EAPStep?) {
        var next = authenticator.begin()
        while messages.count < 1_000 {
            let answer = client.receive(deliver(next))
            guard case .send(let response) = answer else { return (nil, answer) }
            let step = authenticator.receive(deliver(response))
            switch step {
            case .send(let request): next = request
            case .success(let message, _), .failure(let message, _):
                return (step, message.map { client.receive(deliver($0)) })
            }
        }
        return (nil, nil)
    }

    private mutating func deliver(_ message: EAPMessage) -> EAPMessage {
        messages.append(message)
        return change(messages.count - 1, message)
    }
}

extension EAPStep? {
    var result: EAPResult? {
        if case .success(_, let result) = self { result } else { nil }
    }

    var refusal: EAPRefusal? {
        if case .failure(_, let refusal) = self { refusal } else { nil }
    }
}

enum EAPFixture {
    static let environment = environment(seed: 1)

    static func environment(seed: UInt64) -> Environment {
        let random = Mutex(SeededRandom(seed))
        return Environment(
            random: { out in random.withLock { out.copyBytes(from: $0.bytes(out.count)) } },
            wallTime: { WallTime(seconds: Certificates.time, nanoseconds: 0) })
    }

    static func certified(_ certificate: String, _ key: String) throws -> CertifiedKey {
        try CertifiedKey(
            chain: [certificate, Certificates.issuing].flatMap {
                PEM.blocks(named: "CERTIFICATE", in: Array($0.utf8))
            }, key: SecretBytes(copying: Array(key.utf8)))
    }

    static func anchors(_ pem: String = Certificates.root) throws -> TrustAnchors {
        TrustAnchors(try Certificate.all(pem: Array(pem.utf8)))
    }

    static func server(
        anchors pem: String = Certificates.root, expected: [IdentityPattern] = [.any],
        revocationLists: [RevocationList] = [], newest: TLSHandshake.Version = .tls13
    ) throws -> EAPMethod {
        .tls(
            EAPTLSSettings(
                credential: try certified(Certificates.router, Certificates.routerKey),
                verifier: CertificateVerifier(try anchors(pem), revocationLists: revocationLists),
                expected: expected, newest: newest))
    }

    static func client(
        _ certificate: String = Certificates.gate, _ key: String = Certificates.gateKey,
        anchors pem: String = Certificates.root, expected: [IdentityPattern] = [.host("router.acme.example")],
        newest: TLSHandshake.Version = .tls13
    ) throws -> EAPClient.Method {
        .tls(
            EAPTLSSettings(
                credential: try certified(certificate, key), verifier: CertificateVerifier(try anchors(pem)),
                expected: expected, newest: newest))
    }

    static func text(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }
}

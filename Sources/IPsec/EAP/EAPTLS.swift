internal import OpenSSL
internal import Tunneling

/// What both ends of EAP-TLS do with a handshake.
struct EAPTLSHandshake {
    private let handshake: TLSHandshake
    var fragments = EAPTLSFragments()

    init(
        _ role: TLSHandshake.Role, credential: CertifiedKey, anchors: TrustAnchors, newest: TLSHandshake.Version,
        at time: WallTime
    ) {
        handshake = TLSHandshake(
            role, chain: credential.chain, key: credential.key, anchors: anchors, at: time.seconds, newest: newest)
    }

    /// The other end's own certificate first.
    var peerChain: [Certificate] { handshake.peerChain }
    var state: TLSHandshake.State { handshake.state }
    var isTLS13: Bool { handshake.isTLS13 }

    func advance(_ message: [UInt8]) -> [UInt8] { handshake.advance(message) }

    /// The byte by which a server says that it will send nothing more (RFC 9190 §2.5).
    func commitment() -> [UInt8] { handshake.write([0]) }

    /// Whether the peer said so, in what `advance` got.
    func isCommitted() -> Bool { handshake.read() == [0] }

    /// Of a complete handshake: the MSK, the first half of what is exported (RFC 5216 §2.3, RFC 9190 §2.3).
    func key() throws(EAPRefusal) -> SecretBytes {
        let keys =
            isTLS13
            ? handshake.export(label: "EXPORTER_EAP_TLS_Key_Material", context: [EAPType.tls], count: 128)
            : handshake.export(label: "client EAP encryption", context: nil, count: 128)
        guard let keys else { throw .tls(.protocolError("no keys")) }
        return keys.slice(0..<64)
    }
}

/// The authenticator's end of EAP-TLS: start → handshake → its end acknowledged.
struct EAPTLSServer: EAPServerConversation {
    private enum State {
        case handshaking
        /// All is said but the client's acknowledgement.
        case closing(EAPResult)
        /// The client has been sent an alert.
        case failing(EAPRefusal)
    }

    /// The type-data of the first request.
    static let opening = [EAPTLSFragments.start]

    private(set) var entry: Int?
    private let directory: EAPDirectory
    private let time: WallTime
    private var tls: EAPTLSHandshake
    private var state = State.handshaking

    /// `nil`: the directory knows nobody by certificate.
    init?(_ directory: EAPDirectory, named: Int?, at time: WallTime) {
        guard let tls = directory.handshake(named: named, at: time) else { return nil }
        self.directory = directory
        self.time = time
        self.tls = tls
    }

    var refusal: EAPRefusal? {
        if case .failing(let refusal) = state { refusal } else { nil }
    }

    mutating func receive(_ data: [UInt8]) -> EAPConversationStep {
        switch tls.fragments.receive(data) {
        case .send(let data): return .send(data)
        case .refused(let refusal): return .failed(refusal)
        case .message(let message):
            switch state {
            case .handshaking: return handshake(message)
            case .closing(let result): return message.isEmpty ? .done(result) : .failed(.ended)
            case .failing(let refusal): return .failed(refusal)
            }
        }
    }

    private mutating func handshake(_ message: [UInt8]) -> EAPConversationStep {
        var output = tls.advance(message)
        switch tls.state {
        case .inProgress:
            guard !output.isEmpty else { return .failed(.unexpectedMessage) }
        case .complete:
            do throws(EAPRefusal) { state = .closing(try result()) } catch { return .failed(error) }
            if tls.isTLS13 { output += tls.commitment() }
        case .failed(let refusal):
            guard !output.isEmpty else { return .failed(.tls(refusal)) }
            state = .failing(.tls(refusal))
        }
        return .send(tls.fragments.send(output))
    }

    private mutating func result() throws(EAPRefusal) -> EAPResult {
        let (entry, certificate) = try directory.verify(tls.peerChain, at: time)
        self.entry = entry
        return EAPResult(peer: .certificate(certificate), key: try tls.key())
    }
}

/// The client's end of EAP-TLS.
struct EAPTLSClient: EAPClientConversation {
    private enum State {
        case handshaking
        /// The server must still say that it is done (TLS 1.3).
        case waiting(EAPResult)
        case finished(EAPResult)
        case failing(EAPRefusal)
    }

    private let settings: EAPTLSSettings
    private let time: WallTime
    private var tls: EAPTLSHandshake
    private var state = State.handshaking

    init(_ settings: EAPTLSSettings, at time: WallTime) {
        self.settings = settings
        self.time = time
        tls = EAPTLSHandshake(
            .client, credential: settings.credential, anchors: settings.verifier.anchors, newest: settings.newest,
            at: time)
    }

    var result: EAPResult? {
        if case .finished(let result) = state { result } else { nil }
    }

    var refusal: EAPRefusal? {
        if case .failing(let refusal) = state { refusal } else { nil }
    }

    mutating func receive(_ data: [UInt8]) -> EAPConversationStep {
        if data == EAPTLSServer.opening { return handshake([]) }
        switch tls.fragments.receive(data) {
        case .send(let data): return .send(data)
        case .refused(let refusal): return .failed(refusal)
        case .message(let message):
            switch state {
            case .handshaking: return message.isEmpty ? .failed(.unexpectedMessage) : handshake(message)
            case .waiting(let result):
                _ = tls.advance(message)
                // Otherwise it is an alert: the server did not like our certificate. It waits for an answer to that as well.
                state = tls.isCommitted() ? .finished(result) : .failing(.ended)
                return .send(tls.fragments.send([]))
            case .finished, .failing: return .failed(.unexpectedMessage)
            }
        }
    }

    private mutating func handshake(_ message: [UInt8]) -> EAPConversationStep {
        let output = tls.advance(message)
        switch tls.state {
        case .inProgress:
            guard !output.isEmpty else { return .failed(.unexpectedMessage) }
        case .complete:
            do throws(EAPRefusal) {
                let result = EAPResult(peer: .certificate(try server()), key: try tls.key())
                state = tls.isTLS13 ? .waiting(result) : .finished(result)
            } catch { return .failed(error) }
        case .failed(let refusal):
            state = .failing(.tls(refusal))
        }
        return .send(tls.fragments.send(output))
    }
    private func server() throws(EAPRefusal) -> Certificate {
        let chain = tls.peerChain
        guard let first = chain.first, let identity = Identity.preferred(of: first) else { throw .peer(.noCertificate) }
        do throws(AuthRefusal) { return try settings.verify(chain, identity, at: time) } catch { throw .peer(error) }
    }
}

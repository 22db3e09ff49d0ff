package import IPsec
package import OpenSSL

/// A peer that has the keys of an IKE SA with a host, and seals whatever it is given.
package struct RoguePeer {
    package static let secret = SecretBytes(copying: Array("a long enough secret".utf8))
    package static let identity = Identity.fqdn("rogue.example")
    package static let spi: UInt64 = 0x1122_3344_5566_7788
    package static let childSPI: UInt32 = 0x0102_0304
    private static let profile = Profile.modern

    /// Of the IKE SA.
    package let isInitiator: Bool
    private let hostSPI: UInt64
    private let suite: IKESuite
    private let keys: IKEKeys
    private let outgoing: IKECipher
    private let incoming: IKECipher
    /// Our first message, and the host's nonce.
    private let message: [UInt8]
    private let hostNonce: [UInt8]
    /// Of our next request.
    package var nextID: UInt32

    // MARK: IKE_SA_INIT

    private static let nonce = [UInt8](repeating: 7, count: 32)

    /// Without hashes, a host believes that there is no NAT traversal.
    /// - Parameter source: the hash of our own address; another one means a NAT.
    private static func notifies(source: [UInt8]?) -> [Payload] {
        [
            .notify(Notify(.natDetectionSourceIP, data: source ?? [UInt8](repeating: 1, count: 20))),
            .notify(Notify(.natDetectionDestinationIP, data: [UInt8](repeating: 2, count: 20))),
            .notify(Notify(.fragmentationSupported)),
        ]
    }

    /// A first message.
    package static func request(
        _ keyExchange: KeyExchange, spi: UInt64 = spi, cookie: [UInt8]? = nil, source: [UInt8]? = nil
    ) -> [UInt8] {
        let header = IKEHeader(
            initiatorSPI: spi, responderSPI: 0, exchange: .ikeSAInit, flags: .initiator, messageID: 0)
        let payloads =
            (cookie.map { [.notify(Notify(.cookie, data: $0))] } ?? []) + [
                .securityAssociation(profile.ikeProposals(preferring: .curve25519)),
                .keyExchange(KeyExchangePayload(.curve25519, keyExchange.publicValue)), .nonce(nonce),
            ] + notifies(source: source)
        return IKEMessage(header, payloads).encoded()
    }

    /// Asks a host, by `exchange`, which gives its answer.
    package init?(source: [UInt8]? = nil, asking exchange: ([UInt8]) -> [UInt8]?) {
        let keyExchange = KeyExchange(.curve25519)
        let request = Self.request(keyExchange, source: source)
        guard let answer = exchange(request).flatMap({ try? IKEMessage.decode($0) }),
            let content = try? MessageContent(answer.payloads), let proposals = content.proposals,
            let suite = try? Self.profile.ikeSuite(
                answered: proposals, to: Self.profile.ikeProposals(preferring: .curve25519),
                keyExchange: .curve25519
            ).suite
        else { return nil }
        self.init(
            isInitiator: true, hostSPI: answer.header.responderSPI, suite, keyExchange, content, message: request)
    }

    /// Answers a host's request, by `send`.
    package init?(answering request: [UInt8], send: ([UInt8]) -> Void) {
        guard let question = try? IKEMessage.decode(request), let content = try? MessageContent(question.payloads),
            let proposals = content.proposals, let group = content.keyExchange?.group,
            case .chosen(let choice) = Self.profile.chooseIKE(from: proposals, keyExchange: group)
        else { return nil }
        let keyExchange = KeyExchange(choice.suite.group)
        let payloads: [Payload] = [
            .securityAssociation([choice.answer()]),
            .keyExchange(KeyExchangePayload(choice.suite.group, keyExchange.publicValue)), .nonce(Self.nonce),
        ]
        let answer = Self.answer(to: question.header, payloads + Self.notifies(source: nil))
        self.init(
            isInitiator: false, hostSPI: question.header.initiatorSPI, choice.suite, keyExchange, content,
            message: answer)
        send(answer)
    }

    /// Any answer to a host's first message.
    package static func answer(to question: IKEHeader, _ payloads: [Payload]) -> [UInt8] {
        let header = IKEHeader(
            initiatorSPI: question.initiatorSPI, responderSPI: Self.spi, exchange: .ikeSAInit, flags: .response,
            messageID: 0)
        return IKEMessage(header, payloads).encoded()
    }

    private init?(
        isInitiator: Bool, hostSPI: UInt64, _ suite: IKESuite, _ keyExchange: KeyExchange, _ content: MessageContent,
        message: [UInt8]
    ) {
        guard let theirs = content.nonce, let value = content.keyExchange?.publicValue,
            let secret = try? keyExchange.sharedSecret(with: value)
        else { return nil }
        let (nonces, spis) =
            isInitiator ? ((Self.nonce, theirs), (Self.spi, hostSPI)) : ((theirs, Self.nonce), (hostSPI, Self.spi))
        keys = IKEKeys.derive(
            suite, initiatorNonce: nonces.0, responderNonce: nonces.1, sharedSecret: secret, initiatorSPI: spis.0,
            responderSPI: spis.1)
        let initiator = IKECipher(suite, encryptionKey: keys.ei, integrityKey: keys.ai)
        let responder = IKECipher(suite, encryptionKey: keys.er, integrityKey: keys.ar)
        self.isInitiator = isInitiator
        self.hostSPI = hostSPI
        self.suite = suite
        self.message = message
        hostNonce = theirs
        outgoing = isInitiator ? initiator : responder
        incoming = isInitiator ? responder : initiator
        // The requests of who answered begin with 0.
        nextID = isInitiator ? 1 : 0
    }

    // MARK: What comes after

    private func header(_ exchange: ExchangeType, isResponse: Bool, _ messageID: UInt32) -> IKEHeader {
        var flags: IKEHeader.Flags = isInitiator ? .initiator : []
        if isResponse { flags.insert(.response) }
        let spis = isInitiator ? (Self.spi, hostSPI) : (hostSPI, Self.spi)
        return IKEHeader(
            initiatorSPI: spis.0, responderSPI: spis.1, exchange: exchange, flags: flags, messageID: messageID)
    }

    /// The request after the last, or the answer to a request of the host's.
    package mutating func seal(
        _ exchange: ExchangeType, answering request: UInt32?, _ first: PayloadType, _ plaintext: [UInt8]
    ) -> [UInt8] {
        let header = header(exchange, isResponse: request != nil, request ?? nextID)
        if request == nil { nextID &+= 1 }
        let prefix = Envelope.prefix(
            header, firstType: first, bodyCount: outgoing.bodyCount(forPlaintext: plaintext.count))
        return prefix + outgoing.seal(plaintext, header: prefix)
    }

    package mutating func seal(
        _ exchange: ExchangeType, answering request: UInt32? = nil, _ payloads: [Payload]
    ) -> [UInt8] {
        let chain = PayloadChain.encode(payloads)
        return seal(exchange, answering: request, chain.first, chain.bytes)
    }

    /// A fragment of the request after the last, which stays the next.
    package func sealFragment(
        _ exchange: ExchangeType, _ number: UInt16, of total: UInt16, _ first: PayloadType, _ plaintext: [UInt8]
    ) -> [UInt8] {
        let prefix = Envelope.prefix(
            header(exchange, isResponse: false, nextID), firstType: first, fragment: number, of: total,
            bodyCount: outgoing.bodyCount(forPlaintext: plaintext.count))
        return prefix + outgoing.seal(plaintext, header: prefix)
    }

    /// What a message of the host's holds; `nil` when it is by other keys. The host never sends nonsense.
    package func open(_ datagram: [UInt8]) -> (header: IKEHeader, content: MessageContent)? {
        guard let message = try? IKEMessage.decode(datagram) else { preconditionFailure("the host sends nonsense") }
        guard case .encrypted(let payload)? = message.payloads.last,
            let text = try? incoming.open(payload.body, header: Array(datagram.dropLast(payload.body.count)))
        else { return nil }
        guard let payloads = try? PayloadChain.decode(payload.firstType, text),
            let content = try? MessageContent(payloads)
        else { preconditionFailure("the host seals nonsense") }
        return (message.header, content)
    }

    // MARK: What a genuine peer says

    /// Identity, proof, and a CHILD SA: what proves who we are, in a request or in the answer to `question`.
    ///
    /// - Parameter selectors: those of an answer, instead of what was asked for.
    package func authentication(to question: MessageContent?, selectors: [TrafficSelector]? = nil) -> [Payload]? {
        let identification = Self.identity.identification
        let octets = AuthOctets(
            prf: suite.prf, message: message, nonce: hostNonce, key: isInitiator ? keys.pi : keys.pr,
            identification: identification)
        let proof = Payload.authentication(SharedKeyAuth.sign(octets, by: Self.secret))
        if isInitiator { return [.initiatorIdentification(identification), proof] + child(inPlaceOf: nil) }
        guard let question, let proposals = question.proposals,
            case .chosen(let choice) = Self.profile.chooseESP(
                from: proposals, keyExchange: nil, isFirst: true, usesESN: true),
            let theirs = question.initiatorTrafficSelectors, let ours = question.responderTrafficSelectors
        else { return nil }
        let changed = selectors.map { TrafficSelectorList($0) }
        return [
            .responderIdentification(identification), proof,
            .securityAssociation([choice.answer(spi: Self.childSPI)]), .initiatorTrafficSelectors(changed ?? theirs),
            .responderTrafficSelectors(changed ?? ours), .notify(Notify(.mobikeSupported)),
        ]
    }

    /// Asks for a CHILD SA.
    package func child(inPlaceOf old: UInt32?) -> [Payload] {
        let all = TrafficSelectorList([.everything(.v4)])
        let old = old.map { spi in withUnsafeBytes(of: spi.bigEndian) { Array($0) } }
        return (old.map { [.notify(Notify(.rekeySA, proto: .esp, spi: $0))] } ?? []) + [
            .securityAssociation(Self.profile.espProposals(spi: Self.childSPI, group: nil, usesESN: true)),
            .nonce(Self.nonce), .initiatorTrafficSelectors(all), .responderTrafficSelectors(all),
        ]
    }
}

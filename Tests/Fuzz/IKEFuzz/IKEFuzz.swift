import Addressing
import IPsec

/// libFuzzer's entry: a datagram, or with its first byte odd, the plaintext of an encrypted payload.
///
/// Besides not trapping: what is decoded can be encoded, comes out the same the next time, and all that is made of it, the
/// choices of algorithms and of selectors with it, keeps its own rules.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIKE(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count >= 2 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: data, count: min(count, 65_536)))
    let rest = Array(input.dropFirst(2))
    let payloads = input[0] & 1 == 0 ? datagram(rest) : inside(PayloadType(rawValue: input[1]), rest)
    if let payloads { look(payloads) }
    return 0
}

private func datagram(_ bytes: [UInt8]) -> [Payload]? {
    do throws(MessageError) {
        let message = try IKEMessage.decode(bytes)
        precondition((try? IKEHeader.decode(bytes)) == message.header, "the header alone is another")
        let encoded = message.encoded()
        precondition((try? IKEMessage.decode(encoded))?.encoded() == encoded, "another after encoding")
        return message.payloads
    } catch {
        check(error, bytes)
        return nil
    }
}

private func inside(_ first: PayloadType, _ bytes: [UInt8]) -> [Payload]? {
    do throws(MessageError) {
        let payloads = try PayloadChain.decode(first, bytes)
        let encoded = PayloadChain.encode(payloads)
        let again = try? PayloadChain.decode(encoded.first, encoded.bytes)
        precondition(again.map { PayloadChain.encode($0).bytes } == encoded.bytes, "another after encoding")
        return payloads
    } catch {
        check(error, bytes)
        return nil
    }
}

/// What an error says must be within the message.
private func check(_ error: MessageError, _ bytes: [UInt8]) {
    precondition(!error.description.isEmpty && (0...bytes.count).contains(error.offset ?? 0), "a fault outside")
    _ = error.answer
}

// MARK: - What is made of payloads

private func look(_ payloads: [Payload]) {
    for payload in payloads { look(payload) }
    guard let content = try? MessageContent(payloads) else { return }
    for notify in content.notifies { look(notify) }
    if let proposals = content.proposals { choose(proposals, content.keyExchange?.group) }
}

private func look(_ payload: Payload) {
    switch payload {
    case .initiatorIdentification(let identification), .responderIdentification(let identification):
        guard let identity = Identity(identification) else { return }
        precondition(Identity(identity.identification) == identity, "another identity")
    case .authentication(let authentication):
        guard let signature = try? DigitalSignature.decode(authentication.data) else { return }
        precondition(signature.encoded() == authentication.data, "another signature")
    case .initiatorTrafficSelectors(let list), .responderTrafficSelectors(let list): narrow(list.selectors)
    case .configuration(let configuration):
        _ = (configuration.addresses, configuration.dnsServers, configuration.subnets, configuration.dnsDomains)
    default: break
    }
}

/// These have passed `validate`.
private func look(_ notify: Notify) {
    switch notify.type {
    case .rekeySA: precondition(notify.rekeyedSPI != nil)
    case .signatureHashAlgorithms: precondition(notify.signatureHashAlgorithms?.isEmpty == false)
    default: break
    }
}

private let policy: [TrafficSelector] =
    [.everything(.v6)] + ["10.0.0.0/8", "192.0.2.0/25"].compactMap { IPPrefix($0) }.map { TrafficSelector($0) }

private func narrow(_ selectors: [TrafficSelector]) {
    let narrowed = selectors.narrowed(to: policy)
    precondition(
        narrowed.isEmpty || narrowed.isNarrowing(of: selectors) && narrowed.isNarrowing(of: policy),
        "narrowed to what was not asked for")
    for selector in selectors.prefix(8) {
        let prefixes = selector.prefixes
        precondition(prefixes.first?.firstAddress == selector.first && prefixes.last?.lastAddress == selector.last)
        precondition(prefixes.count <= 254 && !selector.description.isEmpty)
    }
}

private func choose(_ proposals: [Proposal], _ keyExchange: UInt16?) {
    for profile in Profile.allCases {
        for isRekey in [false, true] {
            switch profile.chooseIKE(from: proposals, keyExchange: keyExchange ?? 0, isRekey: isRekey) {
            case .chosen(let choice):
                precondition(profile.encryptions.contains(choice.suite.encryption), "not of the profile")
                check(choice.answer(), from: proposals)
            case .wantsGroup(let group): precondition(profile.groups.contains(group), "not of the profile")
            case .refused(let refusal): precondition(!refusal.description.isEmpty)
            }
            switch profile.chooseESP(from: proposals, keyExchange: keyExchange, isFirst: !isRekey, usesESN: isRekey) {
            case .chosen(let choice):
                precondition(choice.spi > 255 && (isRekey || !choice.suite.usesESN), "not wanted")
                check(choice.answer(spi: 256), from: proposals)
            case .wantsGroup(let group): precondition(profile.groups.contains(group), "not of the profile")
            case .refused(let refusal): precondition(!refusal.description.isEmpty)
            }
        }
        let offer = profile.ikeProposals(preferring: profile.preferredGroup)
        if let choice = try? profile.ikeSuite(answered: proposals, to: offer, keyExchange: profile.preferredGroup) {
            check(Proposal(number: 1, proto: .ike, transforms: choice.suite.transforms), from: offer)
        }
        let child = profile.espProposals(spi: 256, group: profile.preferredGroup, usesESN: true)
        _ = try? profile.espSuite(answered: proposals, to: child, keyExchange: profile.preferredGroup)
    }
}

private func check(_ answer: Proposal, from offer: [Proposal]) {
    precondition(
        offer.contains { Set(answer.transforms).isSubset(of: $0.transforms) }, "an answer that was not offered")
}

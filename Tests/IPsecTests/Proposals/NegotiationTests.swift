import IPsec
import TestRandom
import Testing

@Suite("Choice of algorithms")
struct NegotiationTests {
    private static let pairs = Profile.allCases.flatMap { a in Profile.allCases.map { (a, $0) } }

    /// The group that both sides come to, by INVALID_KE_PAYLOAD if need be, as an initiator goes about it.
    private func negotiate(_ initiator: Profile, _ responder: Profile) -> IKESuite? {
        var group = initiator.preferredGroup
        for _ in 0..<2 {
            let offer = initiator.ikeProposals(preferring: group)
            switch responder.chooseIKE(from: offer, keyExchange: group.rawValue) {
            case .wantsGroup(let wanted): group = wanted
            case .refused: return nil
            case .chosen(let choice):
                let accepted = try? initiator.ikeSuite(answered: [choice.answer()], to: offer, keyExchange: group)
                #expect(accepted?.suite == choice.suite)
                return choice.suite
            }
        }
        return nil
    }

    @Test("every pair of profiles agrees, within two tries, on what both have", arguments: pairs)
    func profilesAgree(_ initiator: Profile, _ responder: Profile) throws {
        let suite = try #require(negotiate(initiator, responder))
        #expect(suite.encryption == .aes256GCM16)
        #expect(suite.integrity == nil)
        #expect(suite.prf == .hmacSHA384)
        #expect(suite.group == ([initiator, responder].contains(.cnsa) ? .ecp384 : .curve25519))
    }

    @Test("a CHILD SA's suite is accepted by who offered it", arguments: pairs)
    func childSuites(_ initiator: Profile, _ responder: Profile) throws {
        for isFirst in [true, false] {
            for (theirs, ours) in [(true, true), (true, false), (false, true), (false, false)] {
                let group: DHGroup? = isFirst ? nil : .ecp384
                let offer = initiator.espProposals(spi: 0xC000_0001, group: group, usesESN: theirs)
                guard
                    case .chosen(let choice) = responder.chooseESP(
                        from: offer, keyExchange: group?.rawValue, isFirst: isFirst, usesESN: ours)
                else {
                    Issue.record("nothing chosen")
                    continue
                }
                #expect(choice.spi == 0xC000_0001)
                #expect(choice.suite.usesESN == (theirs && ours))
                #expect(choice.suite.group == group)
                let answer = [choice.answer(spi: 0xC000_0002)]
                let accepted = try initiator.espSuite(answered: answer, to: offer, keyExchange: group)
                #expect(accepted.suite == choice.suite)
                #expect(accepted.spi == 0xC000_0002)
            }
        }
    }

    @Test("profiles offer what they say")
    func offers() {
        #expect(
            Profile.cnsa.ikeProposals(preferring: .ecp384).map(\.description)
                == ["AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384"])
        #expect(
            Profile.modern.ikeProposals(preferring: .ecp384).map(\.description) == [
                "AES_GCM_16_256|AES_GCM_16_128|CHACHA20_POLY1305/PRF_HMAC_SHA2_384|PRF_HMAC_SHA2_256"
                    + "/ECP_384|CURVE_25519|ECP_256"
            ])
        #expect(
            Profile.modern.espProposals(spi: 256, group: nil, usesESN: true).map(\.description)
                == ["AES_GCM_16_256|AES_GCM_16_128|CHACHA20_POLY1305/EXT_SEQ|NO_EXT_SEQ"])
        #expect(
            Profile.compatible.espProposals(spi: 256, group: .curve25519, usesESN: false).map(\.description) == [
                "AES_GCM_16_256|AES_GCM_16_128|CHACHA20_POLY1305"
                    + "/CURVE_25519|ECP_256|ECP_384|MODP_2048|MODP_3072|MODP_4096|NONE/NO_EXT_SEQ",
                "AES_CBC_256|AES_CBC_128/HMAC_SHA2_256_128|HMAC_SHA2_384_192|HMAC_SHA2_512_256"
                    + "/CURVE_25519|ECP_256|ECP_384|MODP_2048|MODP_3072|MODP_4096|NONE/NO_EXT_SEQ",
            ])
        for profile in Profile.allCases { #expect(profile.groups.first == profile.preferredGroup) }
    }

    // MARK: Responder

    private func chooseESP(
        _ text: String, keyExchange: DHGroup?, isFirst: Bool = false, usesESN: Bool = true
    ) -> ProposalDecision<ESPSuite> {
        Profile.modern.chooseESP(
            from: proposals(text), keyExchange: keyExchange?.rawValue, isFirst: isFirst, usesESN: usesESN)
    }

    /// In IKE_AUTH.
    private func chooseESP(from offer: [Proposal]) -> ProposalDecision<ESPSuite> {
        Profile.modern.chooseESP(from: offer, keyExchange: nil, isFirst: true, usesESN: true)
    }

    @Test("an offer that lists NONE is answered with it (RFC 7296 §3.3.6)")
    func noneIsEchoed() throws {
        var offer = proposals("ESP:AES_GCM_16_256/MODP_1024/NO_EXT_SEQ")
        offer[0].transforms += [Transform(.integrity, 0), Transform(DHGroup?.none)]
        let decision = Profile.modern.chooseESP(from: offer, keyExchange: nil, isFirst: false, usesESN: true)
        let choice = try #require(decision.choice)
        #expect(choice.suite.group == nil)
        #expect(choice.answer(spi: 300).description == "AES_GCM_16_256/NONE/NONE/NO_EXT_SEQ")
    }

    @Test("an AEAD does not go with an integrity algorithm (RFC 5282 §8)")
    func authenticatedWithIntegrity() {
        #expect(chooseESP("ESP:AES_GCM_16_256/HMAC_SHA2_256_128/NO_EXT_SEQ", keyExchange: nil).choice == nil)
    }

    @Test("a rekey whose key exchange is of no group of ours is asked for another")
    func childWantsGroup() {
        let text = "ESP:AES_GCM_16_256/MODP_2048/ECP_256/NO_EXT_SEQ"
        #expect(chooseESP(text, keyExchange: .modp2048) == .wantsGroup(.ecp256))
        // Listed, but not sent.
        #expect(chooseESP(text, keyExchange: nil) == .wantsGroup(.ecp256))
        // None would do, but who sends a key exchange wants one.
        var offer = proposals(text)
        offer[0].transforms.append(Transform(DHGroup?.none))
        let decision = Profile.modern.chooseESP(from: offer, keyExchange: 14, isFirst: false, usesESN: true)
        #expect(decision == .wantsGroup(.ecp256))
    }

    @Test("groups do not count in IKE_AUTH")
    func groupsInAuth() throws {
        let choice = try #require(
            chooseESP("ESP:AES_GCM_16_256/MODP_1024/NO_EXT_SEQ", keyExchange: nil, isFirst: true).choice)
        #expect(choice.suite.group == nil)
    }

    @Test("sequence numbers: what is not listed is 32-bit, what is not wanted is refused")
    func sequenceNumbers() throws {
        let choice = try #require(chooseESP("ESP:AES_GCM_16_256", keyExchange: nil).choice)
        #expect(!choice.suite.usesESN)
        #expect(choice.answer(spi: 300).description == "AES_GCM_16_256")
        #expect(chooseESP("ESP:AES_GCM_16_256/EXT_SEQ", keyExchange: nil, usesESN: false).choice == nil)
        #expect(chooseESP("ESP:AES_GCM_16_256/EXT_SEQ", keyExchange: nil, usesESN: true).choice?.suite.usesESN == true)
    }

    @Test("an AES without a key length, and a transform with an unknown attribute, are not chosen")
    func unfitTransforms() throws {
        #expect(chooseESP("ESP:AES_GCM_16/NO_EXT_SEQ", keyExchange: nil).choice == nil)
        var offer = proposals("ESP:AES_GCM_16_256/NO_EXT_SEQ")
        offer[0].transforms[0].hasUnknownAttribute = true
        let refusal = try #require(chooseESP(from: offer).refusal)
        #expect(
            refusal.description == "offers AES_GCM_16_256(?)/NO_EXT_SEQ; profile modern wants "
                + "AES_GCM_16_256|AES_GCM_16_128|CHACHA20_POLY1305/EXT_SEQ|NO_EXT_SEQ")
        #expect(refusal.answer == Notify(.noProposalChosen))
    }

    @Test("offers that are not of the form of RFC 7296 §3.3.1 are malformed")
    func malformedOffers() throws {
        let good = proposals("ESP:AES_GCM_16_256/NO_EXT_SEQ")
        #expect(chooseESP(from: good).choice != nil)
        var misnumbered = good
        misnumbered[0].number = 2
        var shortSPI = good
        shortSPI[0].spi = [1, 2, 3]
        var reservedSPI = good
        reservedSPI[0].spi = [0, 0, 0, 255]
        for offer in [misnumbered, shortSPI, reservedSPI, [], proposals("IKE:AES_GCM_16_256")] {
            let refusal = try #require(chooseESP(from: offer).refusal)
            #expect(refusal.reason == .malformedOffer)
            #expect(refusal.answer == Notify(.invalidSyntax))
        }
        var ike = proposals("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256")
        #expect(Profile.modern.chooseIKE(from: ike, keyExchange: 19, isRekey: true).choice == nil)
        ike[0].spi = .init(repeating: 1, count: 8)
        #expect(Profile.modern.chooseIKE(from: ike, keyExchange: 19).choice == nil)
        let rekey = Profile.modern.chooseIKE(from: ike, keyExchange: 19, isRekey: true)
        #expect(rekey.choice?.spi == 0x0101_0101_0101_0101)
    }

    @Test("what a stranger offers makes no log line long")
    func refusalsAreShort() throws {
        let many = [Transform](repeating: Transform(TransformType(rawValue: 250), 65535), count: 128)
        let odd = [Transform](repeating: Transform(.encryption, 65535, keyLength: 65535), count: 128)
        let offer = (1...64).map { Proposal(number: $0, proto: .ike, transforms: many + odd) }
        let refusal = try #require(Profile.modern.chooseIKE(from: offer, keyExchange: 19).refusal)
        #expect(refusal.description.utf8.count < 2500)
        #expect(refusal.description.contains(" more; profile modern wants "))
    }

    // MARK: Initiator

    @Test("an answer that is not of the offer is refused")
    func answersNotOffered() throws {
        let offer = Profile.modern.ikeProposals(preferring: .curve25519)
        let good = proposals("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/CURVE_25519")
        #expect(throws: Never.self) {
            try Profile.modern.ikeSuite(answered: good, to: offer, keyExchange: .curve25519)
        }
        let bad = [
            [], good + good, proposals("IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_384/CURVE_25519"),
            proposals("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_256"), proposals("IKE:AES_GCM_16_256/CURVE_25519"),
            proposals("IKE:AES_GCM_16_256/AES_GCM_16_128/PRF_HMAC_SHA2_384/CURVE_25519"),
            proposals("IKE:PRF_HMAC_SHA2_384/CURVE_25519"), proposals("ESP:AES_GCM_16_256/NO_EXT_SEQ"),
            good.map { Proposal(number: 2, proto: $0.proto, transforms: $0.transforms) },
            good.map { Proposal(number: 1, proto: $0.proto, spi: [1], transforms: $0.transforms) },
        ]
        for answer in bad {
            #expect(throws: ProposalRefusal.self) {
                try Profile.modern.ikeSuite(answered: answer, to: offer, keyExchange: .curve25519)
            }
        }
    }

    @Test("a peer may rekey without the key exchange that it was offered, not with another")
    func childAnswers() throws {
        let offer = Profile.modern.espProposals(spi: 300, group: .curve25519, usesESN: false)
        var answer = proposals("ESP:AES_GCM_16_256/NO_EXT_SEQ")
        #expect(try Profile.modern.espSuite(answered: answer, to: offer, keyExchange: .curve25519).suite.group == nil)
        answer[0].transforms.append(Transform(DHGroup?.none))
        #expect(try Profile.modern.espSuite(answered: answer, to: offer, keyExchange: .curve25519).suite.group == nil)
        for text in ["ESP:AES_GCM_16_256/ECP_256/NO_EXT_SEQ", "ESP:AES_GCM_16_256/EXT_SEQ"] {
            #expect(throws: ProposalRefusal.self) {
                try Profile.modern.espSuite(answered: proposals(text), to: offer, keyExchange: .curve25519)
            }
        }
        let first = Profile.modern.espProposals(spi: 300, group: nil, usesESN: false)
        #expect(throws: ProposalRefusal.self) {
            try Profile.modern.espSuite(
                answered: proposals("ESP:AES_GCM_16_256/ECP_256/NO_EXT_SEQ"), to: first, keyExchange: nil)
        }
    }

    // MARK: Anything

    @Test("whatever is offered, what is chosen is of the profile and of the offer", arguments: 0..<20 as Range<UInt64>)
    func randomOffers(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let material = Profile.compatible.ikeProposals(preferring: .curve25519).flatMap(\.transforms)
        for _ in 0..<200 {
            let count = Int.random(in: 0...4, using: &random)
            let offer = (0..<count).map { index in
                var transforms = material.filter { _ in random.chance(1, in: 3) }
                if random.chance(1, in: 4) { transforms.append(Transform(.integrity, 0)) }
                return Proposal(number: UInt8(index + 1), proto: .ike, transforms: transforms)
            }
            let keyExchange = DHGroup.allCases.randomElement(using: &random) ?? .ecp256
            for profile in Profile.allCases {
                switch profile.chooseIKE(from: offer, keyExchange: keyExchange.rawValue) {
                case .wantsGroup(let group):
                    #expect(profile.groups.contains(group) && group != keyExchange)
                    #expect(offer.contains { $0.transforms.contains(Transform(group)) })
                case .refused(let refusal): #expect(!refusal.description.isEmpty)
                case .chosen(let choice):
                    let suite = choice.suite
                    #expect(profile.encryptions.contains(suite.encryption) && profile.prfs.contains(suite.prf))
                    #expect(profile.groups.contains(suite.group) && suite.group == keyExchange)
                    #expect(suite.encryption.isAuthenticated == (suite.integrity == nil))
                    let answer = choice.answer()
                    let source = offer[Int(answer.number) - 1]
                    #expect(Set(suite.transforms).isSubset(of: source.transforms))
                    #expect(Set(answer.transforms.map(\.type)) == Set(source.transforms.map(\.type)))
                    #expect(answer.transforms.count == Set(source.transforms.map(\.type)).count)
                }
            }
        }
    }
}

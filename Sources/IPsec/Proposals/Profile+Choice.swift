extension Profile {
    /// The responder's choice for an IKE SA: the best cipher of this profile that the peer offers with all that goes with it.
    /// Of the groups, the one of the key exchange that the peer has sent already, if the profile has it: that saves a round trip.
    ///
    /// - Parameters:
    ///   - keyExchange: the group of the KE payload, by IANA's number.
    ///   - isRekey: the offer comes in CREATE_CHILD_SA and has SPIs.
    package func chooseIKE(
        from offer: [Proposal], keyExchange: UInt16, isRekey: Bool = false
    ) -> ProposalDecision<IKESuite> {
        let ours = ikeProposals(preferring: preferredGroup)
        let usable = usable(offer, .ike) { isRekey ? $0.spi(of: IKESuite.self) != nil : $0.spi.isEmpty }
        guard let usable else { return .refused(refusal(.malformedOffer, offer, ours)) }
        var wanted: DHGroup?
        for (cipher, proposal) in ciphers(usable) {
            let offered = proposal.transforms(.prf)
            guard let prf = prfs.first(where: { offered.contains(Transform($0)) }) else { continue }
            switch group(in: proposal, keyExchange: keyExchange, allowsNone: false) {
            case .use(let group?):
                let suite = IKESuite(
                    encryption: cipher.encryption, integrity: cipher.integrity, prf: prf, group: group)
                if let choice = SuiteChoice(suite, from: proposal) { return .chosen(choice) }
            case .ask(let group): wanted = wanted ?? group
            case .use(nil), nil: continue
            }
        }
        return wanted.map { .wantsGroup($0) } ?? .refused(refusal(.nothingInCommon, offer, ours))
    }

    /// The responder's choice for a CHILD SA.
    ///
    /// - Parameters:
    ///   - keyExchange: the group of the KE payload, by IANA's number; `nil` without one.
    ///   - isFirst: in IKE_AUTH, which has no key exchange: groups do not count there (RFC 7296 §1.2).
    package func chooseESP(
        from offer: [Proposal], keyExchange: UInt16?, isFirst: Bool, usesESN: Bool
    ) -> ProposalDecision<ESPSuite> {
        let ours = espProposals(spi: 0, group: isFirst ? nil : preferredGroup, usesESN: usesESN)
        let usable = usable(offer, .esp) { $0.spi(of: ESPSuite.self) != nil }
        guard let usable else { return .refused(refusal(.malformedOffer, offer, ours)) }
        var wanted: DHGroup?
        for (cipher, proposal) in ciphers(usable) {
            guard let esn = sequenceNumbers(in: proposal, usesESN: usesESN) else { continue }
            switch isFirst ? .use(nil) : group(in: proposal, keyExchange: keyExchange, allowsNone: true) {
            case .use(let group):
                let suite = ESPSuite(
                    encryption: cipher.encryption, integrity: cipher.integrity, group: group, usesESN: esn)
                if let choice = SuiteChoice(suite, from: proposal) { return .chosen(choice) }
            case .ask(let group): wanted = wanted ?? group
            case nil: continue
            }
        }
        return wanted.map { .wantsGroup($0) } ?? .refused(refusal(.nothingInCommon, offer, ours))
    }

    func refusal(_ reason: ProposalRefusal.Reason, _ theirs: [Proposal], _ ours: [Proposal]) -> ProposalRefusal {
        ProposalRefusal(reason: reason, profile: self, theirs: theirs, ours: ours)
    }

    // MARK: Parts

    private enum GroupDecision {
        /// `nil`: no key exchange.
        case use(DHGroup?)
        case ask(DHGroup)
    }

    /// The proposals for a protocol. `nil` where there are none, or the offer is not of the form of RFC 7296 §3.3.1.
    private func usable(
        _ offer: [Proposal], _ proto: SecurityProtocol, hasGoodSPI: (Proposal) -> Bool
    ) -> [Proposal]? {
        guard offer.enumerated().allSatisfy({ Int($1.number) == $0 + 1 }) else { return nil }
        let proposals = offer.filter { $0.proto == proto }
        return proposals.isEmpty || !proposals.allSatisfy(hasGoodSPI) ? nil : proposals
    }

    /// What may be chosen: the profile's best cipher first, the peer's best proposal first among those that have it.
    private func ciphers(_ proposals: [Proposal]) -> [(CipherChoice, Proposal)] {
        encryptions.flatMap { encryption in
            proposals.compactMap { proposal in CipherChoice(encryption, in: proposal, self).map { ($0, proposal) } }
        }
    }

    private func group(in proposal: Proposal, keyExchange: UInt16?, allowsNone: Bool) -> GroupDecision? {
        let offered = proposal.transforms(.keyExchange)
        let common = groups.filter { offered.contains(Transform($0)) }
        if let sent = common.first(where: { $0.rawValue == keyExchange }) { return .use(sent) }
        let mayBeNone = allowsNone && proposal.allowsNone(.keyExchange)
        // Where there need be no key exchange, and the peer has sent none, none is asked for.
        if keyExchange == nil && mayBeNone { return .use(nil) }
        if let preferred = common.first { return .ask(preferred) }
        return mayBeNone ? .use(nil) : nil
    }

    /// A proposal that does not list the type means 32-bit ones.
    private func sequenceNumbers(in proposal: Proposal, usesESN: Bool) -> Bool? {
        guard proposal.lists(.extendedSequenceNumbers) else { return false }
        let offered = proposal.transforms(.extendedSequenceNumbers)
        return Self.sequenceNumbers(usesESN: usesESN).first { offered.contains(Transform(usesESN: $0)) }
    }
}

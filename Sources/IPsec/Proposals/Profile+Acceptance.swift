extension Profile {
    /// The initiator's look at what was chosen for an IKE SA: one proposal, with one transform of each type, all of them from
    /// that proposal of the offer, and for the group of the key exchange that was sent.
    package func ikeSuite(
        answered: [Proposal], to offered: [Proposal], keyExchange: DHGroup
    ) throws(ProposalRefusal) -> SuiteChoice<IKESuite> {
        guard let (proposal, cipher) = chosen(answered, offered),
            let prf = prfs.first(where: { proposal.transforms(.prf) == [Transform($0)] }),
            proposal.transforms(.keyExchange) == [Transform(keyExchange)],
            let choice = SuiteChoice(
                IKESuite(
                    encryption: cipher.encryption, integrity: cipher.integrity, prf: prf, group: keyExchange),
                from: proposal)
        else { throw refusal(.notOffered, answered, offered) }
        return choice
    }

    /// The same for a CHILD SA. `keyExchange` is the group of the KE payload that was sent, if any; the peer may have chosen to
    /// do without, which is always offered, and then sends no KE payload.
    package func espSuite(
        answered: [Proposal], to offered: [Proposal], keyExchange: DHGroup?
    ) throws(ProposalRefusal) -> SuiteChoice<ESPSuite> {
        guard let (proposal, cipher) = chosen(answered, offered) else {
            throw refusal(.notOffered, answered, offered)
        }
        let group = proposal.allowsNone(.keyExchange) ? nil : keyExchange
        let usesESN = proposal.transforms.contains(Transform(usesESN: true))
        guard group != nil || proposal.allowsNone(.keyExchange),
            group == nil || proposal.transforms(.keyExchange) == [Transform(group)],
            let choice = SuiteChoice(
                ESPSuite(
                    encryption: cipher.encryption, integrity: cipher.integrity, group: group, usesESN: usesESN),
                from: proposal)
        else { throw refusal(.notOffered, answered, offered) }
        return choice
    }

    /// The proposal of an answer and its cipher, if it is one that the offer allows.
    private func chosen(_ answered: [Proposal], _ offered: [Proposal]) -> (Proposal, CipherChoice)? {
        guard answered.count == 1, let chosen = answered.first,
            let source = offered.first(where: { $0.number == chosen.number && $0.proto == chosen.proto }),
            chosen.spi.count == source.spi.count,
            chosen.transforms.allSatisfy({ source.transforms.contains($0) || isNone($0, in: source) }),
            Set(chosen.transforms.map(\.type)).count == chosen.transforms.count
        else { return nil }
        let cipher = encryptions.lazy.compactMap { CipherChoice($0, in: chosen, self) }.first
        return cipher.map { (chosen, $0) }
    }

    /// Some peers say NONE for what the offer does not list.
    private func isNone(_ transform: Transform, in source: Proposal) -> Bool {
        let canBeNone = transform.type == .integrity || transform.type == .keyExchange
        return canBeNone && transform == Transform(transform.type, 0) && !source.lists(transform.type)
    }
}

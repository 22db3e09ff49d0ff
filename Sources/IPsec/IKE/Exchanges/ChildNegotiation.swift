internal import Addressing

extension IKEHost {
    // MARK: As responder

    /// Agrees to what a peer asks for in IKE_AUTH or CREATE_CHILD_SA, or says why not.
    func agree(
        to content: MessageContent, with session: Session, isFirst: Bool
    ) throws(ChildRefusal) -> (child: AgreedChild, answer: [Payload]) {
        let connection = session.connection
        guard let offered = content.proposals, let theirs = content.initiatorTrafficSelectors,
            let ours = content.responderTrafficSelectors
        else { throw ChildRefusal(.invalidSyntax, .malformed(in: isFirst ? .ikeAuth : .createChildSA)) }
        guard session.children.count < settings.maximumChildren else { throw ChildRefusal(.noAdditionalSAs, .limit) }
        let choice = try choose(offered, content.keyExchange?.group, connection, isFirst: isFirst)
        let local = ours.selectors.narrowed(to: connection.localSelectors)
        let remote = theirs.selectors.narrowed(to: session.remoteSelectorsAllowed)
        guard !local.isEmpty, !remote.isEmpty else {
            throw ChildRefusal(.unacceptableTrafficSelectors, .selectorsUnacceptable)
        }
        let inboundSPI = newInboundSPI()
        let child = AgreedChild(
            inboundSPI: inboundSPI, outboundSPI: choice.spi, suite: choice.suite, local: local, remote: remote)
        let answer: [Payload] = [
            .securityAssociation([choice.answer(spi: inboundSPI)]),
            .initiatorTrafficSelectors(TrafficSelectorList(remote)),
            .responderTrafficSelectors(TrafficSelectorList(local)),
        ]
        return (child, answer)
    }

    private func choose(
        _ offered: [Proposal], _ group: UInt16?, _ connection: Connection, isFirst: Bool
    ) throws(ChildRefusal) -> SuiteChoice<ESPSuite> {
        let decision = connection.profile.chooseESP(
            from: offered, keyExchange: group, isFirst: isFirst, usesESN: connection.usesESN)
        switch decision {
        case .chosen(let choice): return choice
        case .wantsGroup(let group):
            throw ChildRefusal(
                .invalidKEPayload(wanting: group), .refused(.invalidKEPayload, in: .createChildSA))
        case .refused(let refusal): throw ChildRefusal(refusal.answer, .proposals(refusal))
        }
    }

    // MARK: As initiator

    /// Takes what the peer has agreed to.
    func answeredChild(
        _ content: MessageContent, to asked: ChildRequest, _ session: Session, _ exchange: ExchangeType
    ) throws(IKEFailure) -> AgreedChild {
        guard let proposals = content.proposals, let ours = content.initiatorTrafficSelectors,
            let theirs = content.responderTrafficSelectors
        else { throw failure(content, in: exchange) }
        let connection = session.connection
        let choice: SuiteChoice<ESPSuite>
        do throws(ProposalRefusal) {
            let offer = connection.profile.espProposals(
                spi: asked.inboundSPI, group: asked.keyExchange?.group, usesESN: connection.usesESN)
            choice = try connection.profile.espSuite(
                answered: proposals, to: offer, keyExchange: asked.keyExchange?.group)
        } catch {
            throw .proposals(error)
        }
        guard ours.selectors.isNarrowing(of: asked.local), theirs.selectors.isNarrowing(of: asked.remote) else {
            throw .selectorsUnacceptable
        }
        return AgreedChild(
            inboundSPI: asked.inboundSPI, outboundSPI: choice.spi, suite: choice.suite, local: ours.selectors,
            remote: theirs.selectors)
    }

    /// What an answer without what was asked for means.
    private func failure(_ content: MessageContent, in exchange: ExchangeType) -> IKEFailure {
        guard let error = content.error else { return .malformed(in: exchange) }
        return switch error.type {
        case .noProposalChosen: .offerRefused
        case .unacceptableTrafficSelectors: .selectorsUnacceptable
        default: .refused(error.type, in: exchange)
        }
    }
}

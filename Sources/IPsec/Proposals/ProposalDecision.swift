/// What a responder makes of an offer.
package enum ProposalDecision<Chosen: Suite>: Hashable, Sendable {
    case chosen(SuiteChoice<Chosen>)
    /// The offer is good, but its key exchange is of another group than is to be used: INVALID_KE_PAYLOAD (RFC 7296 §1.3).
    case wantsGroup(DHGroup)
    case refused(ProposalRefusal)
}

/// A suite, chosen from a proposal of a peer's.
package struct SuiteChoice<Chosen: Suite>: Hashable, Sendable {
    package let suite: Chosen
    /// The peer's; zero in IKE_SA_INIT, whose header has it.
    package let spi: Chosen.SPI
    private let proposal: Proposal

    /// `nil` where the proposal's SPI is none of the protocol's.
    init?(_ suite: Chosen, from proposal: Proposal) {
        guard let spi = proposal.spi.isEmpty ? 0 : proposal.spi(of: Chosen.self) else { return nil }
        self.suite = suite
        self.spi = spi
        self.proposal = proposal
    }

    /// What to answer with: one transform of each type that the peer's proposal lists (RFC 7296 §3.3.6), NONE where nothing is
    /// chosen.
    ///
    /// - Parameter spi: the responder's; none in IKE_SA_INIT.
    package func answer(spi: Chosen.SPI? = nil) -> Proposal {
        var transforms = suite.transforms.filter { proposal.lists($0.type) }
        for type in [TransformType.integrity, .keyExchange] where !transforms.contains(where: { $0.type == type }) {
            transforms += proposal.transforms(type).filter { $0.identifier == 0 }.prefix(1)
        }
        return Proposal(
            number: proposal.number, proto: Chosen.proto, spi: spi.map { bytes($0) } ?? [], transforms: transforms)
    }
}

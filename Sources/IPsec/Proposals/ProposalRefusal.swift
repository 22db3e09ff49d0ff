/// Why no suite came of what a peer offered or chose. Text is made of it for the log alone.
package struct ProposalRefusal: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// Nothing of what the peer offers is in the profile.
        case nothingInCommon
        /// An offer whose proposals are not numbered from 1, or that has an SPI of the wrong length, or that offers nothing for
        /// the protocol in question.
        case malformedOffer
        /// The peer has chosen what it was not offered.
        case notOffered
    }

    package let reason: Reason
    package let profile: Profile
    /// What the peer offered, or what it chose.
    package let theirs: [Proposal]
    /// What the profile has for it.
    package let ours: [Proposal]

    /// What answers a request.
    package var answer: Notify {
        reason == .malformedOffer ? Notify(.invalidSyntax) : Notify(.noProposalChosen)
    }
}

extension ProposalRefusal: CustomStringConvertible {
    /// After so many characters no further proposal is told: what a stranger makes the log grow by is bounded.
    private static let enough = 1000

    /// `offers AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048; profile modern wants …`
    package var description: String {
        switch reason {
        case .nothingInCommon: "offers \(text(theirs)); profile \(profile.rawValue) wants \(text(ours))"
        case .malformedOffer: "sent a malformed offer of \(text(theirs))"
        case .notOffered: "chose \(text(theirs)), of which it was offered only \(text(ours))"
        }
    }

    private func text(_ proposals: [Proposal]) -> String {
        guard !proposals.isEmpty else { return "nothing" }
        var shown = ""
        for (index, proposal) in proposals.enumerated() {
            guard shown.utf8.count < Self.enough else { return "\(shown) and \(proposals.count - index) more" }
            shown += shown.isEmpty ? proposal.description : ", \(proposal)"
        }
        return shown
    }
}

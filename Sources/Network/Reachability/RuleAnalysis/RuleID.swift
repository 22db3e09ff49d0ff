/// A rule of a tenant: which one, wherever it is written.
package struct RuleID: Hashable, Sendable, Comparable {
    package let policy: String
    /// The position in the policy, from 0.
    package let index: Int

    package init(policy: String, index: Int) {
        self.policy = policy
        self.index = index
    }

    init(_ rule: FilterRules.Rule) {
        self.init(policy: rule.policy, index: rule.index)
    }

    package static func < (a: RuleID, b: RuleID) -> Bool { (a.policy, a.index) < (b.policy, b.index) }
}

/// What a rule does in the networks that its policy speaks of, as they are.
package enum RuleVerdict: Hashable, Sendable {
    /// There is no flow that it could speak of.
    case neverMatches(MatchFailure)
    /// An allow, and these denies take all of it.
    case denied(by: [RuleID])
    /// Everything is decided alike without it: these allow, or deny, what it does. Of an allow, denies may be among
    /// them, which take the part that nobody else allows.
    ///
    /// Of rules that cover each other only some are said to be covered: all that are can be taken out together.
    case covered(by: [RuleID], Lasting)
    /// Everything is decided alike without it, by the tenant's default.
    case saysTheDefault
    case takesEffect

    package enum Lasting: Sendable, Hashable {
        /// Whatever nodes come with the labels that rules speak of.
        case always
        /// As it happens, with the nodes that there are.
        case forNow
    }
}

/// Flows that an allow and a deny both speak of, where neither is an exception to the other.
package struct RuleOverlap: Hashable, Sendable {
    package let denies: [RuleID]
    /// One of the flows, and its network.
    package let flow: Flow
    package let cvlan: String
}

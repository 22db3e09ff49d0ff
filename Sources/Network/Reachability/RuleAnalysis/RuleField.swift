internal import Addressing
internal import Manifests

/// The rules of one network over its groups of endpoints. A class, as it is handed about for each rule with all that is
/// in it.
final class RuleField: Sendable {
    let reach: NetworkReach
    /// By rule the groups that it speaks of.
    private let openersOf: [[Int]]
    private let targetsOf: [[Int]]
    /// By group the members that its endpoints belong to.
    private let openerMembers: [Crowd]
    private let targetMembers: [Crowd]
    private let index: ServiceIndex

    /// Flows that all rules treat alike but for their services.
    struct Cell {
        let opener: Int
        let target: Int
        /// Those that speak of them.
        let rules: RuleMask
    }

    init(_ reach: NetworkReach) {
        self.reach = reach
        let count = reach.rules.rules.count
        func groups(of all: [EndpointGroup]) -> [[Int]] {
            var result = [[Int]](repeating: [], count: count)
            for (index, group) in all.enumerated() {
                for rule in group.rules.indices { result[rule].append(index) }
            }
            return result
        }
        func crowds(of all: [EndpointGroup]) -> [Crowd] {
            all.map { group in
                group.endpoints.reduce(.nobody) { $0.with(.one(reach.partition.endpoints[$1].member)) }
            }
        }
        openersOf = groups(of: reach.partition.openers)
        targetsOf = groups(of: reach.partition.targets)
        openerMembers = crowds(of: reach.partition.openers)
        targetMembers = crowds(of: reach.partition.targets)
        index = ServiceIndex(reach.services)
    }

    var rules: [FilterRules.Rule] { reach.rules.rules }

    func services(_ rule: Int) -> ServiceSet { reach.services[rule] }

    /// Others of a mask that speak of services that a rule speaks of, ascending.
    ///
    /// - Parameter budget: how many may be looked at to find them; when it does not suffice it is below 0.
    func others(than rule: Int, in mask: RuleMask, _ budget: inout Int) -> [Int] {
        index.rules(sharing: services(rule), in: mask, &budget).filter { $0 != rule }
    }

    /// Calls `body` with the cells of a rule, and with the budget, until it says `false`.
    ///
    /// - Parameter budget: how many may be looked at, with what `body` takes.
    /// - Returns: whether `body` has agreed to all of them; `false` when the budget does not suffice.
    func allCells(of rule: Int, _ budget: inout Int, _ body: (Cell, inout Int) -> Bool) -> Bool {
        for opener in openersOf[rule] {
            let (group, members) = (reach.partition.openers[opener], openerMembers[opener])
            for target in targetsOf[rule] {
                budget -= 1
                guard budget >= 0 else { return false }
                let other = reach.partition.targets[target]
                guard group.family == other.family, group.attachment.reaches(other.attachment),
                    members.differs(from: targetMembers[target])
                else { continue }
                let cell = Cell(opener: opener, target: target, rules: group.rules.intersection(other.rules))
                guard body(cell, &budget), budget >= 0 else { return false }
            }
        }
        return true
    }

    /// Whether there is a cell, without a look at each.
    func matchesSomething(_ rule: Int) -> Bool {
        var openers: [Attachment: [IPFamily: Crowd]] = [:]
        for opener in openersOf[rule] {
            let group = reach.partition.openers[opener]
            let known = openers[group.attachment, default: [:]][group.family] ?? .nobody
            openers[group.attachment, default: [:]][group.family] = known.with(openerMembers[opener])
        }
        return targetsOf[rule].contains { target in
            let group = reach.partition.targets[target]
            return openers.contains { attachment, crowds in
                attachment.reaches(group.attachment)
                    && crowds[group.family]?.differs(from: targetMembers[target]) ?? false
            }
        }
    }

    /// Rules that speak of all groups that a rule speaks of, on both sides; itself too.
    func around(_ rule: Int) -> RuleMask? {
        let masks =
            openersOf[rule].map { reach.partition.openers[$0].rules }
            + targetsOf[rule].map { reach.partition.targets[$0].rules }
        guard let first = masks.first else { return nil }
        return masks.dropFirst().reduce(first) { $0.intersection($1) }
    }

    /// A flow of a cell.
    func flow(_ cell: Cell, _ service: Flow.Service) -> Flow? {
        let endpoints = reach.partition.endpoints
        for source in reach.partition.openers[cell.opener].endpoints {
            for destination in reach.partition.targets[cell.target].endpoints
            where endpoints[source].member != endpoints[destination].member {
                let family = endpoints[source].family
                return Flow(
                    from: IPAddress(family: family, value: endpoints[source].first),
                    to: IPAddress(family: family, value: endpoints[destination].first), service)
            }
        }
        return nil
    }
}

/// Members, as far as it matters whether two of them differ.
private enum Crowd: Equatable {
    case nobody
    case one(Int)
    case several

    func with(_ other: Crowd) -> Crowd {
        if self == .nobody { return other }
        return other == .nobody || other == self ? self : .several
    }

    /// Whether there is one here and another there.
    func differs(from other: Crowd) -> Bool {
        self != .nobody && other != .nobody && (self != other || self == .several)
    }
}

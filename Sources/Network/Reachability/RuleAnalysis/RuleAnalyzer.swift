internal import Manifests

/// Finds the verdicts on all rules that match something in some networks.
///
/// Rules that are found to be without effect are left out of what is asked of the others: so all of them can go at once,
/// and of two that say the same one stays.
struct RuleAnalyzer {
    /// A rule in one network.
    private struct Place {
        let field: Int
        let rule: Int
    }

    private struct Subject {
        let id: RuleID
        let action: PolicyAction
        /// Where it matches something.
        var places: [Place]
    }

    private let fields: [RuleField]
    /// By policy, then as written.
    private let subjects: [Subject]
    private let defaultAction: PolicyAction
    /// By network and rule: whether it still counts.
    private var isActive: [[Bool]]
    /// Cells, and rules in them, that may still be looked at. Rules can be made up that have as many cells as the square of
    /// their number, or that all share services with each other: what is left when the budget is used up counts as needed.
    ///
    /// It lets some hundred rules with wide ranges between the same groups be judged exactly. A million takes tenths of a
    /// second; seconds where hundreds of denies cut what an allow speaks of into as many pieces.
    private var budget: Int

    private(set) var verdicts: [RuleID: RuleVerdict] = [:]
    private(set) var overlaps: [RuleID: RuleOverlap] = [:]

    init(_ fields: [RuleField], defaultAction: PolicyAction) {
        self.fields = fields
        self.defaultAction = defaultAction
        var subjects: [RuleID: Subject] = [:]
        for (index, field) in fields.enumerated() {
            for (position, rule) in field.rules.enumerated() where field.matchesSomething(position) {
                let id = RuleID(rule)
                subjects[id, default: Subject(id: id, action: rule.action, places: [])].places.append(
                    Place(field: index, rule: position))
            }
        }
        self.subjects = subjects.values.sorted { $0.id < $1.id }
        isActive = fields.map { Array(repeating: true, count: $0.rules.count) }
        budget = 1_000_000 + fields.reduce(0) { $0 + 256 * ($1.rules.count + $1.reach.partition.endpoints.count) }
        judge(.deny) { $0.coveredByOne($1) }
        judge(.deny) { $0.coveredTogether($1) }
        judge(.allow) { $0.denied($1) }
        if defaultAction == .deny {
            judge(.allow) { $0.coveredByOne($1) }
            judge(.allow) { $0.coveredTogether($1) }
        }
        judge(.deny) { $0.sayingTheDefault($1) }
        judge(.allow) { $0.sayingTheDefault($1) }
        for subject in self.subjects where verdicts[subject.id] == nil { verdicts[subject.id] = .takesEffect }
        for subject in self.subjects where subject.action == .allow { findOverlap(subject) }
    }

    /// The last written first, so that of two that say the same the first stays.
    private mutating func judge(_ action: PolicyAction, _ verdict: (inout RuleAnalyzer, Subject) -> RuleVerdict?) {
        for subject in subjects.reversed() where subject.action == action && verdicts[subject.id] == nil {
            guard let verdict = verdict(&self, subject) else { continue }
            verdicts[subject.id] = verdict
            switch verdict {
            case .denied, .covered: for place in subject.places { isActive[place.field][place.rule] = false }
            // They can go as well, but one at a time: another may be without effect only while this is there.
            case .neverMatches, .saysTheDefault, .takesEffect: break
            }
        }
    }

    // MARK: - Verdicts

    /// A rule of the same action that speaks of all that this one speaks of.
    private mutating func coveredByOne(_ subject: Subject) -> RuleVerdict? {
        var common: Set<RuleID>?
        var first: Set<RuleID> = []
        for place in subject.places {
            let field = fields[place.field]
            guard let around = field.around(place.rule) else { return nil }
            let wider = field.others(than: place.rule, in: around, &budget).filter { other in
                isActive[place.field][other] && field.rules[other].action == subject.action
                    && field.services(place.rule).isSubset(of: field.services(other))
            }
            guard budget >= 0, let widest = wider.first else { return nil }
            let ids = Set(wider.map { RuleID(field.rules[$0]) })
            common = common.map { $0.intersection(ids) } ?? ids
            first.insert(RuleID(field.rules[widest]))
        }
        return .covered(by: common?.min().map { [$0] } ?? first.sorted(), .always)
    }

    /// Rules that together speak of all that this one speaks of: others of its action, and of an allow also denies.
    private mutating func coveredTogether(_ subject: Subject) -> RuleVerdict? {
        takers(of: subject) { $0.action == subject.action || $0.action == .deny }.map { .covered(by: $0, .always) }
    }

    private mutating func denied(_ subject: Subject) -> RuleVerdict? {
        takers(of: subject) { $0.action == .deny }.map { .denied(by: $0) }
    }

    /// Without it nothing changes, though no other rule says the same.
    private mutating func sayingTheDefault(_ subject: Subject) -> RuleVerdict? {
        guard subject.action == defaultAction else { return nil }
        guard subject.action == .deny else { return .saysTheDefault }
        // A deny where everything is denied counts where it takes from an allow what no other deny takes.
        for place in subject.places {
            let (field, isActive) = (fields[place.field], isActive[place.field])
            let takesNothing = field.allCells(of: place.rule, &budget) { cell, budget in
                var allows: [ServiceSet] = []
                var rest = field.services(place.rule)
                for other in field.others(than: place.rule, in: cell.rules, &budget) where isActive[other] {
                    if field.rules[other].action == .allow {
                        allows.append(field.services(other))
                    } else {
                        rest = rest.subtracting(field.services(other))
                    }
                }
                return !allows.contains(where: rest.intersects)
            }
            guard takesNothing else { return nil }
        }
        return .saysTheDefault
    }

    /// Rules that take all services of a rule in all its cells, if there are such; those that take anything.
    private mutating func takers(
        of subject: Subject, _ isTaker: (FilterRules.Rule) -> Bool
    ) -> [RuleID]? {
        var takers: Set<RuleID> = []
        for place in subject.places {
            let (field, isActive) = (fields[place.field], isActive[place.field])
            let isTaken = field.allCells(of: place.rule, &budget) { cell, budget in
                var rest = field.services(place.rule)
                for other in field.others(than: place.rule, in: cell.rules, &budget) where isActive[other] {
                    guard !rest.isEmpty else { break }
                    let rule = field.rules[other]
                    guard isTaker(rule), rest.intersects(field.services(other)) else { continue }
                    rest = rest.subtracting(field.services(other))
                    takers.insert(RuleID(rule))
                }
                return rest.isEmpty
            }
            guard isTaken else { return nil }
        }
        return takers.sorted()
    }

    // MARK: - Overlaps

    /// Of an allow that gives something: denies that leave nothing of it between some nodes, while they are not just
    /// exceptions to it: they also speak of what the allow does not.
    private mutating func findOverlap(_ subject: Subject) {
        if case .denied = verdicts[subject.id] { return }
        for place in subject.places {
            let (field, isActive) = (fields[place.field], isActive[place.field])
            let own = field.services(place.rule)
            var cells: [Int: RuleField.Cell] = [:]
            let isComplete = field.allCells(of: place.rule, &budget) { cell, budget in
                for other in field.others(than: place.rule, in: cell.rules, &budget)
                where cells[other] == nil && isActive[other] && field.rules[other].action == .deny
                    && own.isSubset(of: field.services(other))
                {
                    cells[other] = cell
                }
                return true
            }
            var denies: [Int] = []
            for deny in cells.keys.sorted() {
                let isException =
                    field.services(deny).isSubset(of: own)
                    && field.allCells(of: deny, &budget) { cell, _ in cell.rules.contains(place.rule) }
                if !isException { denies.append(deny) }
            }
            guard isComplete, budget >= 0 else { return }
            guard let deny = denies.first, let cell = cells[deny], let service = own.first,
                let flow = field.flow(cell, service)
            else { continue }
            overlaps[subject.id] = RuleOverlap(
                denies: denies.map { RuleID(field.rules[$0]) }, flow: flow, cvlan: field.reach.name)
            return
        }
    }
}

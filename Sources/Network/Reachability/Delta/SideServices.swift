/// What one side lets through between its groups, by the rules that speak of both, each combination decided once.
struct SideServices {
    enum Answer {
        /// The number of a set of services; 0: nothing.
        case known(Int)
        /// Rules, ascending, that have not been together before.
        case new([Int32])
    }

    private let isConnected: Bool
    private let openers: [Speaking?]
    private let targets: [Speaking?]
    private var numbers: [[Int32]: Int] = [:]

    /// The rules that speak of a group, in both forms: the shorter list is looked up in the other's mask.
    private struct Speaking {
        let attachment: Attachment
        let mask: RuleMask
        let list: [Int32]

        init(_ group: EndpointGroup) {
            attachment = group.attachment
            mask = group.rules
            list = group.rules.indices.map { Int32($0) }
        }
    }

    init(_ partition: JointPartition, _ side: ReachCause.Side) {
        isConnected = partition.side(side).network?.isConnected ?? false
        openers = partition.openers.map { partition.opener($0, side).map(Speaking.init) }
        targets = partition.targets.map { partition.target($0, side).map(Speaking.init) }
    }

    func number(_ opener: Int, _ target: Int) -> Answer {
        guard isConnected, let opener = openers[opener], let target = targets[target],
            opener.attachment.reaches(target.attachment)
        else { return .known(0) }
        let (list, mask) =
            opener.list.count < target.list.count ? (opener.list, target.mask) : (target.list, opener.mask)
        let applicable = list.filter { mask.contains(Int($0)) }
        return numbers[applicable].map(Answer.known) ?? .new(applicable)
    }

    mutating func learn(_ applicable: [Int32], _ number: Int) {
        numbers[applicable] = number
    }
}

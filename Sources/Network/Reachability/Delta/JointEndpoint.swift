internal import Addressing

/// An endpoint in two states. A node's address is the same endpoint when it is renumbered: flows between nodes are told
/// by node. What is behind a route is told by address, whoever carries it.
struct JointEndpoint {
    let family: IPFamily
    /// Indices in the `endpoints` of the sides; `nil`: not there.
    let base: Int?
    let head: Int?
    /// Of a routed one the part that it is of both, as in `IPAddress.value`.
    let part: AddressSet.Span?
    /// Numbers of nodes, the same in both states: who has or carries it.
    let baseNode: Int?
    let headNode: Int?

    /// Whether another node carries it now.
    var hasMoved: Bool { base != nil && head != nil && baseNode != headNode }

    func index(_ side: ReachCause.Side) -> Int? { side == .base ? base : head }
    func node(_ side: ReachCause.Side) -> Int? { side == .base ? baseNode : headNode }
}

extension JointEndpoint {
    /// All endpoints of both sides.
    static func all(_ base: ReachSide, _ head: ReachSide) -> [JointEndpoint] {
        var joiner = EndpointJoiner(base, head)
        joiner.joinMembers()
        for family in [IPFamily.v4, .v6] { joiner.joinRouted(family) }
        return joiner.joined
    }
}

private struct EndpointJoiner {
    private let base: ReachSide
    private let head: ReachSide
    private var numbers: [String: Int] = [:]
    /// By member the number of its node.
    private let baseNumbers: [Int]
    private let headNumbers: [Int]
    private(set) var joined: [JointEndpoint] = []

    init(_ base: ReachSide, _ head: ReachSide) {
        self.base = base
        self.head = head
        var numbers: [String: Int] = [:]
        func number(_ side: ReachSide) -> [Int] {
            (side.network?.network.members ?? []).map { member in
                let number = numbers[member.name] ?? numbers.count
                numbers[member.name] = number
                return number
            }
        }
        baseNumbers = number(base)
        headNumbers = number(head)
        self.numbers = numbers
    }

    // MARK: Addresses of nodes

    mutating func joinMembers() {
        let ofBase = own(base, baseNumbers)
        let ofHead = own(head, headNumbers)
        for number in 0..<numbers.count {
            for family in [IPFamily.v4, .v6] {
                join(
                    ofBase[number].filter { base.endpoints[$0].family == family },
                    ofHead[number].filter { head.endpoints[$0].family == family }, family, number)
            }
        }
    }

    /// Equal addresses first; what is left, in order.
    private mutating func join(_ bases: [Int], _ heads: [Int], _ family: IPFamily, _ number: Int) {
        var (restOfBase, restOfHead) = (bases, heads)
        var pairs: [(base: Int?, head: Int?)] = []
        for index in bases {
            let address = base.endpoints[index].first
            guard let same = restOfHead.firstIndex(where: { head.endpoints[$0].first == address }) else { continue }
            pairs.append((index, restOfHead.remove(at: same)))
            restOfBase.removeAll { $0 == index }
        }
        for position in 0..<max(restOfBase.count, restOfHead.count) {
            pairs.append(
                (
                    position < restOfBase.count ? restOfBase[position] : nil,
                    position < restOfHead.count ? restOfHead[position] : nil
                ))
        }
        for pair in pairs {
            joined.append(
                JointEndpoint(
                    family: family, base: pair.base, head: pair.head, part: nil,
                    baseNode: pair.base == nil ? nil : number, headNode: pair.head == nil ? nil : number))
        }
    }

    /// By number of the node its own endpoints.
    private func own(_ side: ReachSide, _ sideNumbers: [Int]) -> [[Int]] {
        var result: [[Int]] = Array(repeating: [], count: numbers.count)
        for (index, endpoint) in side.endpoints.enumerated() where !endpoint.isRouted {
            result[sideNumbers[endpoint.member]].append(index)
        }
        return result
    }

    // MARK: Behind routes

    /// Lays the pieces of one side over those of the other.
    mutating func joinRouted(_ family: IPFamily) {
        let bases = base.endpoints.indices.filter { base.endpoints[$0].isRouted && base.endpoints[$0].family == family }
        let heads = head.endpoints.indices.filter { head.endpoints[$0].isRouted && head.endpoints[$0].family == family }
        var (i, j) = (0, 0)
        var baseFirst = bases.first.map { base.endpoints[$0].first } ?? 0
        var headFirst = heads.first.map { head.endpoints[$0].first } ?? 0
        while i < bases.count || j < heads.count {
            let a = i < bases.count ? base.endpoints[bases[i]].last : nil
            let b = j < heads.count ? head.endpoints[heads[j]].last : nil
            let first =
                a == nil ? headFirst : b == nil ? baseFirst : min(baseFirst, headFirst)
            let ofBase = a != nil && baseFirst == first
            let ofHead = b != nil && headFirst == first
            var last = UInt128.max
            if let a { last = min(last, ofBase ? a : baseFirst - 1) }
            if let b { last = min(last, ofHead ? b : headFirst - 1) }
            append(
                AddressSet.Span(first: first, last: last), family, ofBase ? bases[i] : nil, ofHead ? heads[j] : nil)
            if ofBase {
                if a == last {
                    i += 1
                    if i < bases.count { baseFirst = base.endpoints[bases[i]].first }
                } else {
                    baseFirst = last + 1
                }
            }
            if ofHead {
                if b == last {
                    j += 1
                    if j < heads.count { headFirst = head.endpoints[heads[j]].first }
                } else {
                    headFirst = last + 1
                }
            }
        }
    }

    private mutating func append(_ part: AddressSet.Span, _ family: IPFamily, _ base: Int?, _ head: Int?) {
        joined.append(
            JointEndpoint(
                family: family, base: base, head: head, part: part,
                baseNode: base.map { baseNumbers[self.base.endpoints[$0].member] },
                headNode: head.map { headNumbers[self.head.endpoints[$0].member] }))
    }
}

internal import Addressing
internal import Manifests

/// Who carries which addresses: the routes of a network's members, cut into disjoint pieces by longest prefix.
///
/// Of several nodes with one prefix those that are there come first, then the lowest priority, then the first name.
/// An address of the network itself is behind no route.
struct RoutedSpace {
    struct Piece {
        var first: UInt128
        var last: UInt128
        /// An index in `ResolvedNetwork.members`.
        let member: Int
        /// An index in the `routes` of the member's manifest.
        let route: Int
    }

    /// Sorted.
    private(set) var v4: [Piece] = []
    private(set) var v6: [Piece] = []

    init(_ network: ResolvedNetwork) {
        var winners: [IPPrefix: Candidate] = [:]
        for (index, member) in network.members.enumerated() where !member.routes.isEmpty {
            for (position, route) in member.node.routes.enumerated() {
                let prefix = route.prefix.network
                guard !network.cidrs.contains(where: { $0.contains(prefix) }) else { continue }
                let candidate = Candidate(
                    isAbsent: !member.isPresent, priority: route.priority, member: index, route: position)
                if let best = winners[prefix], best <= candidate { continue }
                winners[prefix] = candidate
            }
        }
        guard !winners.isEmpty else { return }
        let own = AddressSet(network.cidrs)
        for family in [IPFamily.v4, .v6] {
            let prefixes = winners.filter { $0.key.family == family }.sorted { $0.key < $1.key }
            let pieces = Self.outside(own[family], Self.pieces(prefixes))
            if family == .v4 { v4 = pieces } else { v6 = pieces }
        }
    }

    private struct Candidate: Comparable {
        let isAbsent: Bool
        let priority: Int
        let member: Int
        let route: Int

        static func < (a: Candidate, b: Candidate) -> Bool {
            (a.isAbsent ? 1 : 0, a.priority, a.member) < (b.isAbsent ? 1 : 0, b.priority, b.member)
        }
    }

    /// Longest prefix: a walk over prefixes in order, with those that hold the current place on a stack.
    ///
    /// - Parameter prefixes: sorted, so that one comes after those that hold it.
    private static func pieces(_ prefixes: [(key: IPPrefix, value: Candidate)]) -> [Piece] {
        var pieces: [Piece] = []
        var open: [(last: UInt128, owner: Candidate)] = []
        var next: UInt128 = 0
        var isComplete = false
        /// The piece from `next` on, unless nothing is left of it.
        func append(through last: UInt128, _ owner: Candidate) {
            guard !isComplete, next <= last else { return }
            pieces.append(Piece(first: next, last: last, member: owner.member, route: owner.route))
            if last == .max { isComplete = true } else { next = last + 1 }
        }
        func close(before limit: UInt128?) {
            while let top = open.last, limit.map({ top.last < $0 }) ?? true {
                append(through: top.last, top.owner)
                open.removeLast()
            }
        }
        for (prefix, owner) in prefixes {
            let first = prefix.firstAddress.value
            close(before: first)
            if let top = open.last, first > 0 { append(through: first - 1, top.owner) }
            next = first
            open.append((prefix.lastAddress.value, owner))
        }
        close(before: nil)
        return pieces
    }

    private static func outside(_ spans: [AddressSet.Span], _ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        for piece in pieces {
            var first = piece.first
            var isUsedUp = false
            for span in spans where span.last >= first && span.first <= piece.last {
                if span.first > first {
                    result.append(Piece(first: first, last: span.first - 1, member: piece.member, route: piece.route))
                }
                guard span.last < piece.last else {
                    isUsedUp = true
                    break
                }
                first = span.last + 1
            }
            if !isUsedUp {
                result.append(Piece(first: first, last: piece.last, member: piece.member, route: piece.route))
            }
        }
        return result
    }
}

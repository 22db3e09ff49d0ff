/// Why a rule, or a test, has nothing to match.
package enum MatchFailure: Hashable, Sendable {
    /// One side, or both, select nothing in any network.
    case nothing(from: Bool, to: Bool)
    /// Each side selects something, but never both in the same network.
    case apart
    /// One side has IPv4 addresses only, the other IPv6.
    case families
    /// Both sides are one node alone, which does not reach itself through the network.
    case itself
    /// The topology has no way from one to the other.
    case noWay
}

/// How far a rule, or a test, comes in one network.
enum MatchStage: Int, Comparable {
    case neither, onlyTo, onlyFrom, families, itself, noWay, matches

    static func < (a: MatchStage, b: MatchStage) -> Bool { a.rawValue < b.rawValue }
}

extension MatchFailure {
    /// What is in the way in all networks together, the least of it. `nil` where it matches, or where there is no network.
    init?(_ stages: Set<MatchStage>) {
        switch stages.max() {
        case nil, .matches: return nil
        case .noWay: self = .noWay
        case .itself: self = .itself
        case .families: self = .families
        case .neither, .onlyTo, .onlyFrom:
            let isApart = stages.contains(.onlyFrom) && stages.contains(.onlyTo)
            self = isApart ? .apart : .nothing(from: !stages.contains(.onlyFrom), to: !stages.contains(.onlyTo))
        }
    }
}

internal import Manifests

/// What someone has said may be destroyed: the value of a commit's trailer `Allow-Prune:`.
package enum PruneAllowance: Hashable, Sendable {
    /// `*`
    case everything
    /// `TENANT`: the tenant itself, its networks and their nodes.
    case tenant(String)
    /// `TENANT/CVLAN`: the network and its nodes.
    case network(tenant: String, cvlan: String)

    /// The key of the trailer. Keys compare without regard to case, as in git.
    package static let trailer = "Allow-Prune"

    package func permits(_ loss: PruneLoss) -> Bool {
        switch self {
        case .everything: true
        case .tenant(let name): name == loss.tenant
        case .network(let tenant, let cvlan): tenant == loss.tenant && cvlan == loss.network
        }
    }
}

extension PruneAllowance: LosslessStringConvertible {
    package init?(_ text: String) {
        let names = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if text == "*" {
            self = .everything
        } else if !names.allSatisfy({ DomainName.isLabel($0) }) {
            return nil
        } else if names.count == 1 {
            self = .tenant(names[0])
        } else if names.count == 2 {
            self = .network(tenant: names[0], cvlan: names[1])
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .everything: "*"
        case .tenant(let name): name
        case .network(let tenant, let cvlan): "\(tenant)/\(cvlan)"
        }
    }
}

/// All that commits allow.
package struct PruneAllowances: Hashable, Sendable {
    package private(set) var allowed: Set<PruneAllowance> = []
    /// Values that say nothing, in the order given, each once.
    package private(set) var notUnderstood: [String] = []

    package static let none = PruneAllowances(trailerValues: [])

    package init(trailerValues: some Sequence<String>) {
        for value in trailerValues {
            if let allowance = PruneAllowance(value) {
                allowed.insert(allowance)
            } else if !notUnderstood.contains(value) {
                notUnderstood.append(value)
            }
        }
    }

    package func permit(_ loss: PruneLoss) -> Bool { allowed.contains { $0.permits(loss) } }
}

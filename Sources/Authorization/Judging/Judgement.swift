package import Trust

/// What a judge says of one commit. A tenant that is not in it is not touched.
package struct Judgement: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case allowed
        case refused([AuthorizationRefusal])

        package var refusals: [AuthorizationRefusal] {
            if case .refused(let refusals) = self { refusals } else { [] }
        }
    }

    package private(set) var tenants: [String: Verdict] = [:]
    /// Of what is no tenant's.
    package private(set) var repository = Verdict.allowed

    /// Takes what there is to say of changes of a tenant, or of what is nobody's.
    mutating func add(_ refusals: [AuthorizationRefusal], of tenant: String?) {
        let before = tenant.map { tenants[$0]?.refusals ?? [] } ?? repository.refusals
        let all = before + refusals
        let verdict = all.isEmpty ? Verdict.allowed : .refused(all)
        if let tenant { tenants[tenant] = verdict } else { repository = verdict }
    }

    /// In the order of tenants, what is nobody's first.
    package var refusals: [AuthorizationRefusal] {
        repository.refusals + tenants.sorted { $0.key < $1.key }.flatMap(\.value.refusals)
    }

    /// The tenants for which the commit changes nothing. What is refused of the repository holds back nobody.
    package func heldBack(in mode: AuthorizationMode) -> Set<String> {
        mode == .enforce ? Set(tenants.filter { $0.value != .allowed }.keys) : []
    }
}

package typealias AuthorizationMode = RootDocument.AuthorizationMode

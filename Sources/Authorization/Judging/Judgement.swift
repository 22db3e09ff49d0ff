/// What a judge says of one commit. A tenant that is not in it is not touched.
package struct Judgement: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case allowed
        case refused([AuthorizationRefusal])

        package var refusals: [AuthorizationRefusal] {
            if case .refused(let refusals) = self { refusals } else { [] }
        }
    }

    package internal(set) var tenants: [String: Verdict] = [:]
    /// Of what is no tenant's.
    package internal(set) var repository = Verdict.allowed

    /// In the order of tenants, what is nobody's first.
    package var refusals: [AuthorizationRefusal] {
        repository.refusals + tenants.sorted { $0.key < $1.key }.flatMap(\.value.refusals)
    }

    /// The tenants for which the commit changes nothing. What is refused of the repository holds back nobody.
    package func heldBack(in mode: AuthorizationMode) -> Set<String> {
        mode == .enforce ? Set(tenants.filter { $0.value != .allowed }.keys) : []
    }
}

/// What becomes of a commit that is refused.
package enum AuthorizationMode: String, Sendable, Hashable, CaseIterable {
    /// Nothing: nobody looks at signatures.
    case off
    /// It is reported.
    case warn
    /// It changes nothing.
    case enforce
}

internal import GitRepository
internal import Manifests

/// What a commit may do that is signed with a controller's key for enrolling, whoever holds it: make nodes, and give nodes the
/// keys that they wait for, each with the proof that a machine held a join token for it.
struct EnrollmentRule {
    let tenant: Tenant
    let proofs: EnrollmentProofs

    /// Counts a use of the token.
    func check(_ difference: Difference, counting uses: inout TokenUses) throws(EnrollmentRefusal) {
        guard difference.added.count == 1, difference.removed.count < 2,
            case .node(let node)? = difference.added[0].resource
        else { throw .notEnrollment }
        var before: Node?
        if difference.existed {
            guard case .node(let node)? = difference.removed.first?.resource else { throw .notEnrollment }
            before = node
        }
        do throws(EnrollmentProofRefusal) {
            try uses.use(proofs.token(for: node, replacing: before, in: tenant))
        } catch {
            throw .proof(error)
        }
    }
}

/// Why a controller may not change what it changes.
package enum EnrollmentRefusal: Error, Hashable, Sendable {
    /// It takes something away, or changes something else than a node.
    case notEnrollment
    case proof(EnrollmentProofRefusal)
}

extension EnrollmentRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notEnrollment: "this is something else"
        case .proof(let refusal): refusal.description
        }
    }
}

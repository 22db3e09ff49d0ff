package import Trust

/// Why a commit enrols a node without right.
package enum EnrollmentProofRefusal: Error, Hashable, Sendable {
    /// The commit has no `Enrollment-Proof:` for the node.
    case noProof
    /// It has more than one, or more of them than a commit may have.
    case severalProofs
    case token(TokenError)
    /// The node is more, or something else, than what its token makes of it.
    case otherThanToken(String)
    /// The node was there already, and not waiting for a key from this token.
    case notWaiting
    case usedUp(String, uses: Int)
}

extension EnrollmentProofRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noProof: "the commit has no \(EnrollmentProofs.trailer) of it"
        case .severalProofs: "the commit has several \(EnrollmentProofs.trailer) of it"
        case .token(let error): error.description
        case .otherThanToken(let token): "it is not what token \(token) makes of a machine"
        case .notWaiting: "it was there already, and did not wait for a key from this token"
        case .usedUp(let token, let uses): "token \(token) was used \(uses) times already, as often as it may"
        }
    }
}

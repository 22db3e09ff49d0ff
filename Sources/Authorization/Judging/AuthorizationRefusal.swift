package import Manifests

/// A change that its commit's signature does not allow.
package struct AuthorizationRefusal: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The commit proves nothing.
        case noProof
        /// Whoever signed is this, or nobody, to the tenant.
        case role(Roster.Person?)
        /// So many people who may make the change stand for it, of those that must.
        case tooFewApprovals(Int, of: Int)
        /// A controller's key signed, which may enrol nodes and nothing else.
        case enrollment(EnrollmentRefusal)
        /// A controller enrolled a node, and of the people whom the tenant wants to review that so many stand for it.
        case notReviewed(Int, of: Int)
    }

    package let change: ChangeSet.Change
    /// `nil`: it is the repository's.
    package let tenant: String?
    package let proof: CommitProof
    package let needed: Role
    package let reason: Reason

    package var span: SourceSpan { change.span }
}

extension AuthorizationRefusal: CustomStringConvertible {
    /// `FILE:LINE:COLUMN: …`
    package var description: String { "\(span): \(message)" }

    /// Without the place.
    package var message: String { "\(change) needs the role \(needed.rawValue)\(of): \(because)" }

    private var of: String { needed == .superadmin ? "" : tenant.map { " of \($0)" } ?? "" }

    private var because: String {
        switch reason {
        case .noProof: "the commit is \(proof)"
        case .role(nil): "the commit is \(proof), which is nobody's key here"
        case .role(let person?): "the commit is \(proof), of \(person.name), who is \(person.role.rawValue)"
        case .tooFewApprovals(let count, let wanted): "\(count) of \(wanted) people stand for it"
        case .enrollment(let refusal): "the commit is \(proof), a controller's, which may enrol nodes: \(refusal)"
        case .notReviewed(let count, let wanted):
            "a controller enrolled it, and \(count) of \(wanted) people stand for it"
        }
    }
}

extension ChangeSet.Change: CustomStringConvertible {
    package var description: String {
        let verb =
            switch action {
            case .create: "creating"
            case .change: "changing"
            case .delete: "deleting"
            }
        switch subject {
        case .resource(let id):
            let shown = fields.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
            let more = fields.count > 3 ? " and \(fields.count - 3) more" : ""
            return fields.isEmpty ? "\(verb) \(id)" : "\(verb) \(shown)\(more) of \(id)"
        case .file(let path): return "\(verb) \(path), which cannot be read,"
        }
    }
}

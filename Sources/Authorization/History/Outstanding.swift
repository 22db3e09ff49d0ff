package import GitRepository
package import Manifests

/// A change that is in the repository, and that nobody who may make it stands for.
package struct Outstanding: Hashable, Sendable {
    /// From what is accepted to what is there.
    package let difference: Difference
    /// The commit that made it: the last one, where several did. Whoever approves this one accepts all of it that is not
    /// in an earlier one.
    package let commit: ObjectID
    package let refusals: [AuthorizationRefusal]

    /// What is accepted; of several declarations the first. `nil`: nothing is.
    package var accepted: Resource? { difference.removed.first?.resource }
}

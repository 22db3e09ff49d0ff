package import GitRepository

extension Approvals {
    /// The commits that superadmins have adopted in the place of another history's tip.
    package func replacements(of tip: ObjectID, by root: RootAuthority) -> [ObjectID] {
        adoptions.filter { $0.value.contains { $0.replaces == tip && root.superadmin($0.key) != nil } }.keys.sorted()
    }
}

package import SSHSignatures

/// What the trust root says of who may change what in git.
package struct RootAuthority: Hashable, Sendable {
    /// The keys of each superadmin, by name.
    package var superadmins: [String: [SSHKey]]
    /// Whose commits enrol nodes: the controllers', now and before; what they may is `EnrollmentRule`.
    package var enrollmentKeys: Set<SSHKey>
    package var mode: AuthorizationMode

    package init(
        superadmins: [String: [SSHKey]], enrollmentKeys: Set<SSHKey> = [], mode: AuthorizationMode = .enforce
    ) {
        self.superadmins = superadmins
        self.enrollmentKeys = enrollmentKeys
        self.mode = mode
    }

    func superadmin(_ key: SSHKey) -> String? {
        superadmins.filter { $0.value.contains(key) }.keys.min()
    }
}

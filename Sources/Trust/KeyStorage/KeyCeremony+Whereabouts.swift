extension KeyCeremony {
    /// Where a key of the root in force is, as far as this directory tells without a passphrase; `nil` where it does not.
    package func whereabouts(of key: RootDocument.Key) throws -> String? {
        for role in RootDocument.Role.allCases where key.roles.contains(role) {
            let file = file(of: role)
            guard file.exists else { continue }
            let location = try file.location()
            switch location {
            case .plain:
                if try file.readEd25519().publicKey == key.publicKey { return "\(file.path)" }
            case .encrypted, .agent, .token:
                // It is not opened for a list: the only key of its role it can be.
                if root.document.publicKeys(for: role) == [key.publicKey] { return "\(file.path): \(location)" }
            }
        }
        return nil
    }
}

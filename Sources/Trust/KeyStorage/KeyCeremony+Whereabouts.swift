internal import FoundationEssentials

extension KeyCeremony {
    /// The files of keys that the root in force does not name (yet), sorted.
    package var waiting: [String] {
        let keys = ControllerKeys.keyDirectory(of: directory)
        return [directory, keys].flatMap { place in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
            return names.filter { $0.hasSuffix(KeyFile.waitingSuffix) }.map { "\(place)/\($0)" }
        }.sorted()
    }

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

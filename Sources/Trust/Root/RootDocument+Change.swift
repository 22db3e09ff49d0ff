package import FoundationEssentials
package import Sodium

/// How a root document becomes the next one.
extension RootDocument {
    /// The same under the next version.
    package func successor(expires: Date) throws(RootError) -> RootDocument {
        guard version < RootFiles.maximumCount else { throw RootError(.wrongVersion, "no version after \(version)") }
        var next = self
        next.version += 1
        next.expires = Date(timeIntervalSince1970: expires.timeIntervalSince1970.rounded(.down))
        return next
    }

    /// Gives a role to a key.
    package mutating func add(_ key: Ed25519.PublicKey, role: Role) {
        if let index = keys.firstIndex(where: { $0.publicKey == key }) {
            keys[index].roles.insert(role)
        } else {
            keys.append(Key(key, roles: [role]))
        }
    }

    /// Gives a role to one key, and takes it from all others.
    package mutating func replace(_ role: Role, by key: Ed25519.PublicKey) {
        for index in keys.indices { keys[index].roles.remove(role) }
        keys.removeAll(where: \.roles.isEmpty)
        add(key, role: role)
    }

    /// Takes all roles from a key.
    /// - Throws: where there is no such key, or nobody would be left who can do what it did.
    package mutating func revoke(_ id: String) throws(RootError) {
        guard let key = keys.first(where: { $0.id.description == id }) else {
            throw RootError(.malformed, "version \(version) names no key \(id)")
        }
        keys.removeAll { $0.id == key.id }
        for role in Role.allCases where key.roles.contains(role) {
            let left = publicKeys(for: role).count
            guard left > 0 else {
                throw RootError(
                    .malformed, "\(id) is the only \(role) key: `cvlan key rotate \(role)` puts another in its place")
            }
            guard role != .root || left >= threshold else {
                throw RootError(
                    .malformed,
                    "without \(id), \(left) root keys are left, of which \(threshold) would have to sign: add one")
            }
        }
    }
}

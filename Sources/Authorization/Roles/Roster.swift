internal import HashTreeCollections
package import Manifests
package import SSHSignatures

/// Who has which role: that of a commit judges its children, so that nobody promotes themselves.
package struct Roster: Hashable, Sendable {
    /// Somebody who has a role, by whichever of their keys.
    package struct Person: Hashable, Sendable {
        package let name: String
        package let role: Role

        package init(name: String, role: Role) {
            self.name = name
            self.role = role
        }
    }

    /// A member's key that verifies nothing: whoever has it cannot sign.
    package struct UnusableKey: Hashable, Sendable {
        package let member: String
        package let span: SourceSpan
        package let refusal: SSHKeyRefusal
    }

    private var superadmins: [SSHKey: Person]
    /// Shared by the rosters of a history, of which there is one for each commit.
    private var members: TreeDictionary<String, People> = [:]

    private struct People: Hashable, Sendable {
        var byKey: [SSHKey: Person] = [:]
        let approvals: Int
    }
    /// By tenant.
    package private(set) var unusableKeys: [String: [UnusableKey]] = [:]

    /// - Parameter superadmins: the keys of each, by name; from the trust root: git alone can name nobody superadmin.
    package init(superadmins: [String: [SSHKey]] = [:], tenants: some Sequence<Tenant> = []) {
        self.superadmins = Self.people(superadmins)
        for tenant in tenants { set(tenant) }
    }

    private static func people(_ superadmins: [String: [SSHKey]]) -> [SSHKey: Person] {
        let people = superadmins.sorted { $0.key < $1.key }.flatMap { name, keys in
            keys.map { ($0, Person(name: name, role: .superadmin)) }
        }
        return Dictionary(people) { first, _ in first }
    }

    /// Takes the superadmins of another root.
    package mutating func set(superadmins: [String: [SSHKey]]) { self.superadmins = Self.people(superadmins) }

    /// Takes a tenant's members as its manifest has them now.
    package mutating func set(_ tenant: Tenant) {
        var people = People(approvals: tenant.approvals)
        var unusable: [UnusableKey] = []
        for member in tenant.members {
            let person = Person(name: member.name, role: Role(member.role))
            for key in member.keys {
                do throws(SSHKeyRefusal) {
                    // Whoever has a key of two members may what either may.
                    people.byKey.merge([try SSHKey(blob: key.value.blob): person]) { $0.role < $1.role ? $1 : $0 }
                } catch {
                    unusable.append(UnusableKey(member: member.name, span: key.span, refusal: error))
                }
            }
        }
        members[tenant.name] = people
        unusableKeys[tenant.name] = unusable.isEmpty ? nil : unusable
    }

    package mutating func remove(_ tenant: String) {
        members[tenant] = nil
        unusableKeys[tenant] = nil
    }

    package func hasTenant(_ name: String) -> Bool { members[name] != nil }

    /// What somebody with this key is to a tenant, or, without one, to the repository as a whole; `nil`: nobody.
    package func person(_ key: SSHKey, in tenant: String?) -> Person? {
        superadmins[key] ?? tenant.flatMap { members[$0]?.byKey[key] }
    }

    /// People that must stand for a change of a tenant.
    package func approvals(of tenant: String?) -> Int { max(1, tenant.flatMap { members[$0]?.approvals } ?? 1) }
}

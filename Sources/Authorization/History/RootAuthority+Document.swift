internal import SSHSignatures
package import Trust

extension RootAuthority {
    /// - Parameter older: the roots before it, whose controllers' commits are in the history.
    package init(_ document: RootDocument, older: some Sequence<RootDocument> = []) {
        let controllers = ([document] + older).flatMap { $0.publicKeys(for: .enrollment) }
        self.init(
            superadmins: document.superadmins.reduce(into: [:]) { people, person in
                // A key that cannot sign is nobody's.
                people[person.name] = person.keys.compactMap { try? SSHKeyLine($0).key }
            },
            enrollmentKeys: Set(controllers.map(SSHKey.init)), mode: document.authorization)
    }
}

import Foundation
import Sodium
import TestRandom
import Testing
import Trust

/// How the keys of a controller are replaced: by the next root, signed by who holds the last one.
struct KeyCeremonyTests {
    @Test(arguments: RootDocument.Role.allCases)
    func aRotatedKeyIsInForceWithTheRootThatNamesIt(role: RootDocument.Role) throws {
        try withController { directory, rootKey in
            let ceremony = try KeyCeremony(directory: directory)
            let before = try ControllerKeys.load(from: directory)
            let new = Ed25519.PrivateKey()
            try ceremony.stage(role, new)
            // Nothing has changed until the root is there.
            #expect(try ControllerKeys.load(from: directory).configKey.publicKey == before.configKey.publicKey)
            var document = try ceremony.root.document.successor(expires: Fixtures.now + 9 * Fixtures.day)
            document.replace(role, by: new.publicKey)
            var draft = try RootDraft(document)
            try draft.sign(by: rootKey)
            if role == .root { try draft.sign(by: new) }
            #expect(draft.missing(after: ceremony.root).isEmpty)
            let root = try ceremony.publish(draft.envelope)
            #expect(root.document.version == 2)
            #expect(root.document.publicKeys(for: role) == [new.publicKey])
            #expect(ceremony.waiting.isEmpty)
            #expect(try ceremony.file(of: role).readEd25519().seed == new.seed)
            let after = try ControllerKeys.load(from: directory)
            #expect(after.roots == before.roots + [root])
            for (other, key) in [
                (RootDocument.Role.config, after.configKey), (.state, after.stateKey),
                (.timestamp, after.timestampKey), (.enrollment, after.enrollmentSigningKey),
            ] {
                #expect(root.document.publicKeys(for: other) == [key.publicKey])
            }
        }
    }

    @Test func aStopBetweenTheRootAndItsKeysHarmsNothing() throws {
        try withController { directory, rootKey in
            let ceremony = try KeyCeremony(reading: directory)
            var document = try ceremony.root.document.successor(expires: Fixtures.now + Fixtures.day)
            let config = Ed25519.PrivateKey()
            try ceremony.stage(.config, config)
            document.replace(.config, by: config.publicKey)
            try ceremony.stageProofKey(in: &document)
            var generator = SeededRandom(3)
            try ceremony.stageAuthority(in: &document, keepingOld: true, now: Fixtures.now, using: &generator)
            let root = try TrustedRoot(signing: document, by: [rootKey])
            // As `publish` does first; the renaming is what did not happen.
            try RootFiles(of: directory).write(root)
            func areInForce(_ when: Comment) throws {
                let keys = try ControllerKeys.load(from: directory)
                #expect(keys.configKey.publicKey == config.publicKey, when)
                #expect(keys.enrollmentKey.publicKey == document.enrollmentKey, when)
                #expect(keys.authority.certificate == document.certificateAuthorities[0], when)
            }
            try areInForce("none renamed")
            let caKey = try #require(ceremony.waiting.first { $0.contains("/keys/ca.key.") })
            #expect(rename(caKey, "\(directory)/keys/ca.key") == 0)
            try areInForce("the key of the CA renamed, its certificate not")
            // Whatever comes next finishes it, before it puts other keys beside these.
            let another = try KeyCeremony(directory: directory)
            #expect(another.waiting.isEmpty)
            try another.stage(.config, Ed25519.PrivateKey())
            var abandoned = document
            try another.stageProofKey(in: &abandoned)
            try another.stageAuthority(in: &abandoned, keepingOld: false, now: Fixtures.now, using: &generator)
            #expect(another.waiting.count == 4)
            try areInForce("finished, and another rotation begun")
        }
    }

    /// Somebody began to rotate each key, and never published it. Another root takes none of them.
    @Test func whatARootDoesNotNameStaysWhereItWaits() throws {
        try withController { directory, rootKey in
            let ceremony = try KeyCeremony(directory: directory)
            var abandoned = ceremony.root.document
            for role in RootDocument.Role.allCases { try ceremony.stage(role, Ed25519.PrivateKey()) }
            try ceremony.stageProofKey(in: &abandoned)
            var generator = SeededRandom(5)
            try ceremony.stageAuthority(in: &abandoned, keepingOld: false, now: Fixtures.now, using: &generator)
            let (waiting, before) = (ceremony.waiting, try contents(of: directory))
            #expect(waiting.count == 8)
            let document = try ceremony.root.document.successor(expires: Fixtures.now + Fixtures.day)
            let root = try ceremony.publish(try TrustedRoot(signing: document, by: [rootKey]).envelope)
            #expect(ceremony.waiting == waiting)
            #expect(try contents(of: directory) == before)
            #expect(try ControllerKeys.load(from: directory).root == root)
        }
    }

    @Test func aKeyThatWaitsNeedNotBeToBeHad() throws {
        try withController { directory, _ in
            let ceremony = try KeyCeremony(directory: directory)
            for role in RootDocument.Role.allCases {
                _ = try ceremony.stage(role) { file in
                    try file.write(reference: "ssh-agent:SHA256:of-somebody-else")
                    return Ed25519.PrivateKey().publicKey
                }
            }
            #expect(ceremony.waiting.count == RootDocument.Role.allCases.count)
            let nobody = KeyAccess(passphrase: .file("/nowhere"))
            #expect(try ControllerKeys.load(from: directory, access: nobody).root == ceremony.root)
        }
    }

    /// One of two keys of a role is in the file, the other waits: neither comes in the place of the other.
    @Test func keysOfOneRoleDoNotReplaceEachOther() throws {
        try withController { directory, rootKey in
            let ceremony = try KeyCeremony(directory: directory)
            let second = Ed25519.PrivateKey()
            try ceremony.stage(.root, second)
            var document = try ceremony.root.document.successor(expires: Fixtures.now + Fixtures.day)
            document.add(second.publicKey, role: .root)
            _ = try ceremony.publish(try TrustedRoot(signing: document, by: [rootKey]).envelope)
            #expect(try ceremony.file(of: .root).readEd25519().seed == rootKey.seed)
            #expect(try ceremony.waitingRootKeys(of: document).map { try $0.readEd25519().seed } == [second.seed])
        }
    }

    @Test func oneCeremonyAtATime() throws {
        try withController { directory, rootKey in
            let ceremony = try KeyCeremony(directory: directory)
            #expect { try KeyCeremony(directory: directory) } throws: { "\($0)".contains("somebody else is changing") }
            #expect(try KeyCeremony(reading: directory).root == ceremony.root)
            // Nor does one that saw less than there is publish anything.
            let late = try KeyCeremony(reading: directory)
            let document = try ceremony.root.document.successor(expires: Fixtures.now + Fixtures.day)
            let root = try ceremony.publish(try TrustedRoot(signing: document, by: [rootKey]).envelope)
            let before = try contents(of: directory)
            var other = document
            other.authorization = .warn
            let key = Ed25519.PrivateKey()
            other.replace(.config, by: key.publicKey)
            let envelope = try TrustedRoot(signing: other, by: [rootKey]).envelope
            #expect { try late.publish(envelope) } throws: { "\($0)".contains("another root document of this version") }
            #expect(try KeyCeremony(reading: directory).root == root)
            #expect(try contents(of: directory) == before)
        }
    }

    /// What is in a controller's directory, but for its roots.
    private func contents(of directory: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory) where !name.hasPrefix("roots") {
            contents[name] = FileManager.default.contents(atPath: "\(directory)/\(name)")
        }
        return contents
    }

    @Test func anAuthorityIsReplacedAtOnceOrKeptForAWhile() throws {
        for keepingOld in [true, false] {
            try withController { directory, rootKey in
                let old = try ControllerKeys.load(from: directory).authority.certificate
                let ceremony = try KeyCeremony(directory: directory)
                var document = try ceremony.root.document.successor(expires: Fixtures.now + Fixtures.day)
                var generator = SeededRandom(4)
                try ceremony.stageAuthority(in: &document, keepingOld: keepingOld, now: Fixtures.now, using: &generator)
                let root = try ceremony.publish(try TrustedRoot(signing: document, by: [rootKey]).envelope)
                let keys = try ControllerKeys.load(from: directory)
                #expect(keys.authority.certificate != old)
                let kept = keepingOld ? [old] : []
                #expect(root.document.certificateAuthorities == [keys.authority.certificate] + kept)
            }
        }
    }

    @Test func holdersSignOneAfterAnotherOrEachACopy() throws {
        let fixtures = try Fixtures()
        let root = try fixtures.root()
        var next = try root.document.successor(expires: Fixtures.now + Fixtures.day)
        next.authorization = .warn
        let draft = try RootDraft(next)
        #expect(draft.missing(after: root).old == 2)
        #expect(draft.missing(after: root).new == 2)
        #expect("\(draft.missing(after: root))".contains("needs 2 more signatures by root keys in force"))
        // Keys that are none of the root's, and one signature twice, count for nothing.
        var copies = [draft, draft]
        try copies[0].sign(by: fixtures.configKey)
        try copies[0].sign(by: fixtures.rootKeys[0])
        try copies[0].sign(by: fixtures.rootKeys[0])
        #expect(copies[0].missing(after: root).old == 1)
        #expect(copies[0].missing(after: root).new == 1)
        #expect(throws: RootError.self) { try root.updated(with: copies[0].envelope) }
        try copies[1].sign(by: fixtures.rootKeys[2])
        let sent = try copies.map { try RootDraft(decoding: try $0.encoded) }
        var whole = sent[0]
        try whole.merge(sent[1])
        #expect(whole.missing(after: root).isEmpty)
        #expect(try root.updated(with: whole.envelope).document == next)
        next.authorization = .off
        let other = try RootDraft(next)
        #expect(throws: RootError.self) { try whole.merge(other) }
        #expect(throws: EnvelopeError.self) { try RootDraft(decoding: Data([1, 2, 3])) }
        let config: Data = try ConfigSigner(key: fixtures.configKey).sign(fixtures.config().config).serializedBytes()
        #expect(throws: RootError.self) { try RootDraft(decoding: config) }
    }

    @Test func whoeverIsNeededCannotBeRevoked() throws {
        var document = try Fixtures().document()
        let config = try #require(document.keys.first { $0.roles == [.config] })
        #expect { try document.revoke(config.id.description) } throws: { "\($0)".contains("only config key") }
        document = try Fixtures().document()
        let roots = document.keys.filter { $0.roles.contains(.root) }
        try document.revoke(roots[0].id.description)
        #expect(document.publicKeys(for: .root) == roots[1...].map(\.publicKey))
        #expect { try document.revoke(roots[1].id.description) } throws: { "\($0)".contains("1 root keys are left") }
        #expect { try document.revoke("nobody") } throws: { "\($0)".contains("names no key nobody") }
    }

    @Test func whereKeysAreIsToldWithoutOpeningThem() throws {
        try withController { directory, _ in
            let ceremony = try KeyCeremony(directory: directory)
            let document = ceremony.root.document
            func place(_ role: RootDocument.Role) throws -> String? {
                try ceremony.whereabouts(of: try #require(document.keys.first { $0.roles == [role] }))
            }
            #expect(try place(.config) == "\(directory)/keys/config.key")
            try FileManager.default.removeItem(atPath: "\(directory)/keys/root.key")
            #expect(try place(.root) == nil)
            try ceremony.file(of: .state).write(reference: "ssh-agent:SHA256:abc")
            #expect(try place(.state) == "\(directory)/keys/state.key: ssh-agent:SHA256:abc")
        }
    }

    private func withController(_ body: (String, Ed25519.PrivateKey) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            var generator = SeededRandom(21)
            _ = try ControllerKeys.create(
                in: directory, trustDomain: try #require(TrustDomain("example.org")), serverNames: [.dns("localhost")],
                now: Fixtures.now, using: &generator)
            try body(directory, try KeyFile("\(directory)/keys/root.key").readEd25519())
        }
    }
}

extension KeyCeremony {
    fileprivate func stage(_ role: RootDocument.Role, _ key: Ed25519.PrivateKey) throws {
        _ = try stage(role) { file in
            try file.write(key)
            return key.publicKey
        }
    }
}

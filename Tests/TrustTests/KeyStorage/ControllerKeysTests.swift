import Foundation
import Sodium
import TestRandom
import Testing
import Trust
import WireFormat

struct ControllerKeysTests {
    @Test func whatIsCreatedIsLoaded() throws {
        try withTemporaryDirectory { directory in
            let created = try create(in: "\(directory)/controller")
            let loaded = try ControllerKeys.load(from: "\(directory)/controller")
            #expect(loaded.roots == created.roots)
            #expect(loaded.configKey.publicKey == created.configKey.publicKey)
            #expect(loaded.stateKey.publicKey == created.stateKey.publicKey)
            #expect(loaded.timestampKey.publicKey == created.timestampKey.publicKey)
            #expect(loaded.enrollmentSigningKey.publicKey == created.enrollmentSigningKey.publicKey)
            #expect(loaded.enrollmentKey.publicKey == created.enrollmentKey.publicKey)
            #expect(loaded.authority.certificate == created.authority.certificate)
            #expect(loaded.server.chain == created.server.chain)
            #expect(try mode(of: "\(directory)/controller") == 0o700)
            #expect(try mode(of: "\(directory)/controller/keys") == 0o700)
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(directory)/controller/keys") {
                #expect(try mode(of: "\(directory)/controller/keys/\(file)") == 0o600)
            }
        }
    }

    @Test func aSecondCreationIsRefusedAndChangesNothing() throws {
        try withTemporaryDirectory { directory in
            let created = try create(in: directory)
            #expect { try create(in: directory) } throws: { ($0 as? KeyFileError)?.code == .alreadyExists }
            #expect(try ControllerKeys.load(from: directory).root == created.root)
        }
    }

    @Test func theRootNamesWhatWasMade() throws {
        try withTemporaryDirectory { directory in
            let keys = try create(in: directory)
            let config = WireNodeConfig.with {
                $0.tenant = "acme"; $0.node = "laptop"; $0.generation = 1
            }
            let root = try TrustedRoot(keys.root.envelope, pinnedBy: keys.root.pin)
            let verified = try ConfigVerifier(root: root, tenant: "acme", node: "laptop")
                .verify(try ConfigSigner(key: keys.configKey).sign(config), floor: nil, now: Fixtures.now) { _ in nil }
            #expect(verified.generation == 1)
            #expect(root.document.certificateAuthorities == [keys.authority.certificate])
            let signing = [
                RootDocument.Role.root: try rootKey(directory), .config: keys.configKey, .state: keys.stateKey,
                .timestamp: keys.timestampKey, .enrollment: keys.enrollmentSigningKey,
            ].mapValues(\.publicKey)
            #expect(signing.count == RootDocument.Role.allCases.count)
            #expect(Set(signing.values).count == signing.count)
            for (role, key) in signing { #expect(root.document.publicKeys(for: role) == [key]) }
        }
    }

    @Test func theRootKeyMayBeElsewhere() throws {
        try withTemporaryDirectory { directory in
            _ = try create(in: directory)
            try FileManager.default.removeItem(atPath: "\(directory)/keys/root.key")
            #expect(try ControllerKeys.load(from: directory).roots.count == 1)
        }
    }

    @Test func theRootKeyIsMadeElsewhere() throws {
        try withTemporaryDirectory { directory in
            let (elsewhere, controller) = (KeyFile("\(directory)/stick.key"), "\(directory)/controller")
            let keys = try create(in: controller, rootKeyFile: elsewhere)
            let key = try elsewhere.readEd25519()
            #expect(keys.root.document.publicKeys(for: .root) == [key.publicKey])
            #expect(try mode(of: elsewhere.path) == 0o600)
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(controller)/keys") {
                #expect((try? KeyFile("\(controller)/keys/\(name)").readEd25519().seed) != key.seed)
            }
            #expect(!KeyFile("\(controller)/keys/root.key").exists)
            #expect(try ControllerKeys.load(from: controller).root == keys.root)
            // A second controller does not get it, nor is it lost by that.
            #expect { try create(in: "\(directory)/second", rootKeyFile: elsewhere) } throws: {
                ($0 as? KeyFileError)?.code == .alreadyExists
            }
            #expect(try elsewhere.readEd25519().seed == key.seed)
            #expect(!KeyFile("\(directory)/second/keys").exists)
        }
    }

    @Test(arguments: RootDocument.Role.allCases.filter { $0 != .root })
    func keysThatTheRootDoesNotNameAreRefused(role: RootDocument.Role) throws {
        try withTemporaryDirectory { directory in
            let keys = try create(in: directory)
            // A key of another role is as wrong as a foreign one.
            let other = role == .config ? RootDocument.Role.state : .config
            let foreign = [
                Ed25519.PrivateKey(), try KeyFile("\(directory)/\(other.keyFile)").readEd25519(),
            ]
            for key in foreign {
                try KeyFile("\(directory)/\(role.keyFile)").write(key)
                #expect { try ControllerKeys.load(from: directory) } throws: {
                    "\($0)".contains("\(role.keyFile): root document 1 does not name it")
                }
            }
            #expect(keys.roots.count == 1)
        }
    }

    @Test func anEnrolmentKeyThatTheRootDoesNotNameIsRefused() throws {
        try withTemporaryDirectory { directory in
            _ = try create(in: directory)
            try KeyFile("\(directory)/keys/enrollment.key").write(X25519.PrivateKey())
            #expect { try ControllerKeys.load(from: directory) } throws: {
                "\($0)".contains("keys/enrollment.key: root document 1 does not name it")
            }
        }
    }

    @Test func theChainOfRootsIsRead() throws {
        try withTemporaryDirectory { directory in
            let keys = try create(in: directory)
            let rootKey = try rootKey(directory)
            var document = keys.root.document
            var chain = keys.roots
            for version in UInt64(2)...4 {
                document.version = version
                chain.append(try TrustedRoot(signing: document, by: [rootKey]))
            }
            let files = RootFiles(of: directory)
            for root in chain { try files.write(root) }
            #expect(try ControllerKeys.load(from: directory).roots == chain)
            #expect(try files.read(after: chain[1]) == Array(chain[2...]))

            // One that the old keys did not sign, and one that is not where its version is.
            let other = Ed25519.PrivateKey()
            document.keys = document.keys.filter { $0.roles != [.root] } + [.init(other.publicKey, roles: [.root])]
            let foreign = try TrustedRoot(signing: document, by: [other])
            #expect { try files.write(foreign) } throws: { ($0 as? KeyFileError)?.code == .alreadyExists }
            try files.write(chain[3])
            #expect(try files.read() == chain)
            try DurableFile.write(foreign.envelope.serializedData(), to: files.path(of: 4))
            #expect { try files.read() } throws: { "\($0)".contains("4.dsse: does not follow version 3") }
            try DurableFile.write(chain[2].envelope.serializedData(), to: files.path(of: 4))
            #expect { try files.read() } throws: { "\($0)".contains("4.dsse: does not follow version 3") }
            try DurableFile.write(chain[1].envelope.serializedData(), to: files.path(of: 1))
            #expect { try files.read() } throws: { "\($0)".contains("1.dsse: is version 2") }
        }
    }

    @Test func anAuthorityThatTheRootDoesNotNameIsRefused() throws {
        try withTemporaryDirectory { directory in
            let domain = try create(in: directory).root.document.trustDomain
            var generator = SeededRandom(13)
            let other = try CertificateAuthority.make(
                trustDomain: domain, lifetime: .seconds(60), now: Fixtures.now, using: &generator)
            try KeyFile("\(directory)/keys/ca.key").write(other.key)
            let pem = try CertificateChain([other.certificate]).pem
            try DurableFile.write(Array(pem.utf8), to: "\(directory)/ca.pem")
            #expect { try ControllerKeys.load(from: directory) } throws: {
                "\($0)".contains("ca.pem: root document 1 does not name it")
            }
        }
    }

    @Test func theServersCertificateIsRenewedInPlace() throws {
        try withTemporaryDirectory { directory in
            let created = try create(in: directory)
            var generator = SeededRandom(12)
            let renewed = try created.renewingServer(
                in: directory, names: [.dns("new.example.org")], now: created.server.chain.halfLife, using: &generator)
            #expect(renewed.server.chain.notAfter > created.server.chain.notAfter)
            #expect(try ControllerKeys.load(from: directory).server.chain == renewed.server.chain)
        }
    }

    private func rootKey(_ directory: String) throws -> any Ed25519.SigningKey {
        try KeyFile("\(directory)/\(RootDocument.Role.root.keyFile)").readEd25519()
    }

    @discardableResult
    private func create(in directory: String, rootKeyFile: KeyFile? = nil) throws -> ControllerKeys {
        var generator = SeededRandom(11)
        return try ControllerKeys.create(
            in: directory, trustDomain: try #require(TrustDomain("example.org")), serverNames: [.dns("localhost")],
            rootKeyFile: rootKeyFile, now: Fixtures.now, using: &generator)
    }
}

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
            #expect(loaded.root == created.root)
            #expect(loaded.rootKey?.publicKey == created.rootKey?.publicKey)
            #expect(loaded.configKey.publicKey == created.configKey.publicKey)
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
        }
    }

    @Test func theRootKeyMayBeElsewhere() throws {
        try withTemporaryDirectory { directory in
            _ = try create(in: directory)
            try FileManager.default.removeItem(atPath: "\(directory)/keys/root.key")
            #expect(try ControllerKeys.load(from: directory).rootKey == nil)
        }
    }

    @Test(arguments: ["config.key", "enrollment.key"])
    func keysThatTheRootDoesNotNameAreRefused(file: String) throws {
        try withTemporaryDirectory { directory in
            _ = try create(in: directory)
            if file == "config.key" {
                try KeyFile("\(directory)/keys/\(file)").write(Ed25519.PrivateKey())
            } else {
                try KeyFile("\(directory)/keys/\(file)").write(X25519.PrivateKey())
            }
            #expect { try ControllerKeys.load(from: directory) } throws: {
                "\($0)".contains("does not name keys/\(file)")
            }
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
                "\($0)".contains("does not name the CA of ca.pem")
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

    @discardableResult
    private func create(in directory: String) throws -> ControllerKeys {
        var generator = SeededRandom(11)
        return try ControllerKeys.create(
            in: directory, trustDomain: try #require(TrustDomain("example.org")), serverNames: [.dns("localhost")],
            now: Fixtures.now, using: &generator)
    }
}

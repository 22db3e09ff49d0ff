import Foundation
import Sodium
import TestRandom
import Testing
import Trust

/// How often a controller tries to open the keys of a newer root.
struct KeyRetryTests {
    private let now = ContinuousClock.now

    @Test func aWrongPassphraseIsTriedOnce() throws {
        try withTemporaryDirectory { directory in
            let (controller, secret) = ("\(directory)/controller", KeyFile("\(directory)/passphrase"))
            var generator = SeededRandom(31)
            _ = try ControllerKeys.create(
                in: controller, trustDomain: try #require(TrustDomain("example.org")), serverNames: [.dns("localhost")],
                now: Fixtures.now, using: &generator)
            let file = KeyFile("\(controller)/keys/config.key")
            try file.write(
                try file.readEd25519(), passphrase: SecretBytes(copying: Array("right".utf8)),
                cost: PASERK.Cost(memory: 8192, passes: 1))
            let source = PassphraseSource.file(secret.path)
            func stamps() -> FileStamps { FileStamps(of: controller, passphrase: source) }
            func failure() throws -> KeyFileError? {
                do {
                    _ = try ControllerKeys.load(from: controller, access: KeyAccess(passphrase: source))
                    return nil
                } catch let error as KeyFileError {
                    return error
                }
            }
            var retry = KeyRetry()
            #expect(retry.isDue(stamps(), at: now))
            // None, a wrong one, and another wrong one: each is news, and no reason to try again.
            for text in [nil, "wrong", "wrung"] {
                if let text { try secret.write(SecretBytes(copying: Array(text.utf8))) }
                #expect(retry.isDue(stamps(), at: now))
                retry.failed(try #require(try failure()), with: stamps(), at: now)
                #expect(!retry.isDue(stamps(), at: now))
                if text != nil { #expect(!retry.isDue(stamps(), at: now + .seconds(86400))) }
            }
            // Another key, or another root, may be opened by it.
            try file.write(Ed25519.PrivateKey())
            #expect(retry.isDue(stamps(), at: now))
            retry.failed(try #require(try failure()), with: stamps(), at: now)
            try DurableFile.write([1], to: "\(controller)/roots/2.dsse")
            #expect(retry.isDue(stamps(), at: now))
        }
    }

    @Test func whatMayComeBackIsTriedLessAndLess() throws {
        try withTemporaryDirectory { directory in
            let files = FileStamps(of: directory, passphrase: .terminal)
            var (retry, time) = (KeyRetry(), now)
            for delay in [2, 4, 8, 16, 32, 60, 60, 60] {
                retry.failed(CancellationError(), with: files, at: time)
                #expect(!retry.isDue(files, at: time + .seconds(delay) - .nanoseconds(1)))
                time += .seconds(delay)
                #expect(retry.isDue(files, at: time))
            }
        }
    }
}

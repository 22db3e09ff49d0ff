import Sodium
import Testing

struct SecretBytesTests {
    @Test func nothingShowsTheBytes() {
        let secret = SecretBytes(copying: Array("hunter2".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("104"))
        }
        dumped = ""
        dump(Ed25519.PrivateKey(), to: &dumped)
        #expect(dumped.contains("secret bytes"))
    }

    @Test func equalityIsOfContent() {
        #expect(SecretBytes(copying: [1, 2]) == SecretBytes(copying: [1, 2]))
        #expect(SecretBytes(copying: [1, 2]) != SecretBytes(copying: [1, 3]))
        #expect(SecretBytes(copying: [1, 2]) != SecretBytes(copying: [1, 2, 3]))
        #expect(SecretBytes(copying: []) == SecretBytes(copying: []))
    }

    @Test func randomBytesDiffer() {
        #expect(SecretBytes.random(count: 32) != SecretBytes.random(count: 32))
    }
}

struct SealedBoxTests {
    @Test(arguments: [0, 1, 100, 5000])
    func onlyTheRecipientOpens(count: Int) throws {
        let message = [UInt8](repeating: 7, count: count)
        let recipient = X25519.PrivateKey()
        let box = try #require(SealedBox.seal(message, to: recipient.publicKey))
        #expect(box.count == count + SealedBox.overhead)
        #expect(SealedBox.open(box, with: recipient) == SecretBytes(copying: message))
        #expect(SealedBox.open(box, with: X25519.PrivateKey()) == nil)
        #expect(SealedBox.open(box.dropLast(), with: recipient) == nil)
    }

    @Test func aChangedBoxDoesNotOpen() throws {
        let recipient = X25519.PrivateKey()
        var box = try #require(SealedBox.seal([1, 2, 3], to: recipient.publicKey))
        box[40] ^= 1
        #expect(SealedBox.open(box, with: recipient) == nil)
    }
}

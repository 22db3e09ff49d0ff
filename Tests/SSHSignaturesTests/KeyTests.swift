import SSHSignatures
import Sodium
import TestPrograms
import Testing

struct KeyTests {
    @Test(arguments: Keygen.Kind.allCases)
    func aKeyHasTheFingerprintThatSSHKeygenShows(_ kind: Keygen.Kind) throws {
        let keygen = try Keygen()
        let path = try keygen.makeKey(kind)
        let line = try SSHKeyLine(try keygen.publicLine(path))
        #expect(line.comment == "ann@laptop")
        #expect("\(line)\n" == (try keygen.publicLine(path)))
        let shown = try Command.run("ssh-keygen", "-l", "-E", "sha256", "-f", path)
        #expect(shown.split(separator: " ")[1] == line.key.fingerprint)
    }

    @Test func kindsThatAreNoneOfOursAreRefused() throws {
        let keygen = try Keygen()
        let weak = try keygen.makeKey(type: "rsa-1024", "weak")
        #expect(throws: SSHKeyRefusal.size(bits: 1024)) { try keygen.publicKey(weak) }
        #expect(throws: SSHKeyRefusal.unsupported("ssh-dss")) { try SSHKey(blob: Wire.string("ssh-dss") + [0]) }
        let key = try keygen.makeKey(.ed25519)
        try Command.run("ssh-keygen", "-q", "-s", key, "-I", "ann", "-n", "ann", key + ".pub")
        let certificate = key + "-cert"
        #expect(throws: SSHKeyRefusal.unsupported("ssh-ed25519-cert-v01@openssh.com")) {
            try keygen.publicKey(certificate)
        }
    }

    @Test func rsaOfMoreBitsThanAnyoneNeedsIsRefused() {
        let modulus = [0xC1] + [UInt8](repeating: 0xA5, count: 1024)
        let blob = Wire.string("ssh-rsa") + Wire.integer([1, 0, 1]) + Wire.integer(modulus)
        #expect(throws: SSHKeyRefusal.size(bits: 8200)) { try SSHKey(blob: blob) }
    }

    @Test(arguments: [[], [1], [0xFF, 0xFF, 0xFF, 0xFE], [1, 0, 0, 0, 0, 0, 0, 0, 1]] as [[UInt8]])
    func rsaExponentsThatAreNoneAreRefused(_ exponent: [UInt8]) {
        let blob = Wire.string("ssh-rsa") + Wire.integer(exponent) + Wire.integer([UInt8](repeating: 0xA5, count: 256))
        #expect(throws: SSHKeyRefusal.malformed) { try SSHKey(blob: blob) }
    }

    @Test func aPointThatIsNotOnTheCurveIsRefused() throws {
        let keygen = try Keygen()
        var blob = try keygen.publicKey(try keygen.makeKey(.p256)).blob
        blob[blob.count - 1] ^= 1
        #expect(throws: SSHKeyRefusal.malformed) { try SSHKey(blob: blob) }
        #expect(throws: SSHKeyRefusal.malformed) {
            try SSHKey(blob: Wire.string("ecdsa-sha2-nistp256") + Wire.string("nistp256") + Wire.string([0]))
        }
    }

    @Test func aCurveOfAnotherNameIsRefused() throws {
        let keygen = try Keygen()
        let blob = try keygen.publicKey(try keygen.makeKey(.p256)).blob
        let point = blob.suffix(65)
        #expect(throws: SSHKeyRefusal.malformed) {
            try SSHKey(blob: Wire.string("ecdsa-sha2-nistp256") + Wire.string("nistp384") + Wire.string(point))
        }
        #expect(throws: SSHKeyRefusal.malformed) {
            try SSHKey(blob: Wire.string("ecdsa-sha2-nistp384") + Wire.string("nistp384") + Wire.string(point))
        }
    }

    @Test(arguments: Keygen.Kind.eachAlgorithm)
    func everyOtherLengthIsRefused(_ kind: Keygen.Kind) throws {
        let keygen = try Keygen()
        let blob = try keygen.publicKey(try keygen.makeKey(kind)).blob
        for count in blob.indices {
            #expect(throws: SSHKeyRefusal.self) { try SSHKey(blob: Array(blob[..<count])) }
        }
        #expect(throws: SSHKeyRefusal.malformed) { try SSHKey(blob: blob + [0]) }
    }

    @Test func aLineMustNameWhatItHolds() throws {
        let keygen = try Keygen()
        let key = try keygen.publicKey(try keygen.makeKey(.ed25519))
        let text = Base64.encode(key.blob)
        for line in [
            "ssh-rsa \(text)", "\(text)", "ssh-ed25519", "ssh-ed25519 \(text)x", "restrict ssh-ed25519 \(text)",
            "\(key)\n\(key)", "", "ssh-ed25519 " + String(repeating: "A", count: 9000),
        ] {
            #expect(throws: SSHKeyRefusal.malformed) { try SSHKeyLine(line) }
        }
        #expect(try SSHKeyLine("  \(key)   two words\n").comment == "two words")
    }

    @Test func aPrivateKeyWithAPassphraseOrOfAnotherKindSignsThroughAnAgent() throws {
        let keygen = try Keygen()
        let locked = keygen.scratch.file("locked")
        try Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked)
        #expect(throws: SSHPrivateKey.Refusal.encrypted) { try keygen.privateKey(locked) }
        let other = try keygen.makeKey(.p256, "other")
        #expect(throws: SSHPrivateKey.Refusal.unsupported("ecdsa-sha2-nistp256")) { try keygen.privateKey(other) }
        let pem = try keygen.makeKey(.p256, "pem", "-m", "PKCS8")
        #expect(throws: SSHPrivateKey.Refusal.malformed) { try keygen.privateKey(pem) }
    }
}

import SSHSignatures
import Sodium
import TestPrograms
import Testing

/// Signatures of FIDO authenticators. Each that we take, OpenSSH takes too.
struct SecurityKeyTests {
    static let message = "tenants/acme: let the printer in\n"
    let keygen: Keygen
    let authenticators: [Authenticator]

    init() throws {
        keygen = try Keygen()
        authenticators = [
            try Authenticator(Ed25519.PrivateKey()),
            try Authenticator(pem: try keygen.makeKey(.p256, "device", "-m", "PKCS8")),
        ]
    }

    @Test func theSignatureOfATouchedAuthenticatorHolds() throws {
        for authenticator in authenticators {
            let signature = try SSHSignature(Array(Self.message.utf8), by: authenticator)
            try keygen.verify(signature, Self.message, by: authenticator.key)
            #expect(try signature.verify(Array(Self.message.utf8)) == authenticator.key)
            #expect(signature.presence == SecurityKeyPresence(flags: 1, counter: 77))
            #expect(signature.presence?.isUserVerified == false)
        }
    }

    @Test func anAuthenticatorThatKnewItsUserSaysSo() throws {
        for var authenticator in authenticators {
            authenticator.flags = 0x05
            let signature = try SSHSignature(Array(Self.message.utf8), by: authenticator)
            try keygen.verify(signature, Self.message, by: authenticator.key)
            try signature.verify(Array(Self.message.utf8), by: authenticator.key)
            #expect(signature.presence?.isUserVerified == true)
        }
    }

    @Test func nobodyWhoTouchedItMeansNobodySigned() throws {
        for var authenticator in authenticators {
            authenticator.flags = 0x04
            let signature = try SSHSignature(Array(Self.message.utf8), by: authenticator)
            #expect(refusal { try signature.verify(Array(Self.message.utf8), by: authenticator.key) } == .nobodyPresent)
        }
    }

    @Test func aSignatureForAnotherApplicationIsRefused() throws {
        for var authenticator in authenticators {
            authenticator.application = "https://login.example.org"
            let signature = try SSHSignature(Array(Self.message.utf8), by: authenticator)
            #expect(throws: Command.Failure.self) { try keygen.verify(signature, Self.message, by: authenticator.key) }
            #expect(
                refusal { try signature.verify(Array(Self.message.utf8), by: authenticator.key) } == .wrongSignature)
        }
    }

    /// Flags and counter are what the authenticator vouches for.
    @Test func noBitOfASignatureCanBeChanged() throws {
        for authenticator in authenticators {
            let bytes = try SSHSignature(Array(Self.message.utf8), by: authenticator).bytes
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1 << UInt8(index % 8)
                #expect(
                    refusal { try SSHSignature(changed).verify(Array(Self.message.utf8), by: authenticator.key) } != nil
                )
            }
        }
    }

    /// An Ed25519 key that happens to be in no authenticator cannot sign in the name of one that is, nor the other way round.
    @Test func keysInAndOutsideAuthenticatorsAreNotEachOther() throws {
        let secret = Ed25519.PrivateKey()
        let (inside, outside) = (try Authenticator(secret), SSHPrivateKey(secret))
        let message = Array(Self.message.utf8)
        let borrowed = Impostor(key: inside.key) { try outside.sign($0) }
        #expect(
            refusal { try SSHSignature(message, by: borrowed).verify(message, by: inside.key) }
                == .wrongAlgorithm("ssh-ed25519"))
        let lent = Impostor(key: outside.key) { try inside.sign($0) }
        #expect(
            refusal { try SSHSignature(message, by: lent).verify(message, by: outside.key) }
                == .wrongAlgorithm("sk-ssh-ed25519@openssh.com"))
    }
}

/// Signs with one key and says that it is another.
private struct Impostor: SSHSigner {
    let key: SSHKey
    let make: ([UInt8]) throws -> [UInt8]

    func sign(_ data: [UInt8]) throws -> [UInt8] { try make(data) }
}

import Foundation
import Sodium
import Testing
import Trust

struct KeyFileTests {
    @Test func keysComeBackFromFilesThatOnlyTheOwnerReads() throws {
        try withTemporaryDirectory { directory in
            let signing = Ed25519.PrivateKey()
            let agreement = X25519.PrivateKey()
            let certificate = CertificateKey()
            let files = ["a", "b", "c"].map { KeyFile("\(directory)/\($0)") }
            try files[0].write(signing)
            try files[1].write(agreement)
            try files[2].write(certificate)
            #expect(try files[0].readEd25519().seed == signing.seed)
            #expect(try files[1].readX25519().bytes == agreement.bytes)
            #expect(try files[2].readCertificateKey().pem() == certificate.pem())
            for file in files { #expect(try mode(of: file.path) == 0o600) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 3)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o601, 0o666])
    func aFileThatOthersCanReachIsRefused(permissions: Int) throws {
        try withTemporaryDirectory { directory in
            let file = KeyFile("\(directory)/key")
            try file.write(X25519.PrivateKey())
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file.path)
            #expect { try file.readX25519() } throws: {
                ($0 as? KeyFileError)?.code == .exposed && "\($0)".contains("chmod 600")
            }
        }
    }

    @Test func writingReplacesTheWholeFile() throws {
        try withTemporaryDirectory { directory in
            let file = KeyFile("\(directory)/key")
            try file.write(SecretBytes(copying: [UInt8](repeating: 1, count: 10_000)))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
            try file.write(SecretBytes(copying: [2]))
            #expect(try file.read() == SecretBytes(copying: [2]))
        }
    }

    @Test func whatIsNotThereOrNotAKeySaysSo() throws {
        try withTemporaryDirectory { directory in
            let file = KeyFile("\(directory)/key")
            #expect(!file.exists)
            #expect { try file.readX25519() } throws: { ($0 as? KeyFileError)?.code == .notFound }
            for text in ["", "\n", "AAAA", "k4.secret.AAAA", "-----BEGIN PRIVATE KEY-----"] {
                try file.write(SecretBytes(copying: Array(text.utf8)))
                #expect { try file.readX25519() } throws: { ($0 as? KeyFileError)?.code == .malformed }
                #expect { try file.readEd25519() } throws: { ($0 as? KeyFileError)?.code == .malformed }
                #expect { try file.readCertificateKey() } throws: { ($0 as? KeyFileError)?.code == .malformed }
            }
            try file.write(SecretBytes(copying: [UInt8](repeating: 65, count: 100_000)))
            #expect { try file.read() } throws: { ($0 as? KeyFileError)?.code == .malformed }
            #expect { try KeyFile(directory).read() } throws: { $0 is KeyFileError }
        }
    }

    @Test func aDirectoryIsMadeForItsOwnerAlone() throws {
        try withTemporaryDirectory { directory in
            try DurableFile.makePrivateDirectory("\(directory)/a/b/c")
            try DurableFile.makePrivateDirectory("\(directory)/a/b/c")
            for path in ["a", "a/b", "a/b/c"] { #expect(try mode(of: "\(directory)/\(path)") == 0o700) }
            try DurableFile.write([1], to: "\(directory)/file")
            #expect(try mode(of: "\(directory)/file") == 0o644)
            #expect(throws: KeyFileError.self) { try DurableFile.makePrivateDirectory("\(directory)/file") }
            #expect(throws: KeyFileError.self) { try DurableFile.write([1], to: "\(directory)/none/file") }
        }
    }
}

import Foundation
import SSHSignatures
import Sodium
import TestPrograms
import Testing

/// OpenSSH's own program, which makes keys and signatures, and judges ours.
struct Keygen {
    let scratch: Scratch

    /// What `ssh-keygen` makes and we take.
    enum Kind: String, CaseIterable {
        case ed25519
        case p256 = "ecdsa-256"
        case p384 = "ecdsa-384"
        case p521 = "ecdsa-521"
        case rsa2048 = "rsa-2048"
        case rsa3072 = "rsa-3072"
        case rsa4096 = "rsa-4096"

        /// One for each algorithm: large RSA keys take long to make.
        static let eachAlgorithm: [Kind] = [.ed25519, .p256, .p384, .p521, .rsa2048]
    }

    init() throws {
        scratch = try Scratch()
    }

    /// Makes a key pair; the path of its private half.
    func makeKey(_ kind: Kind, _ name: String = "key", _ options: String...) throws -> String {
        try makeKey(type: kind.rawValue, name, options)
    }

    /// - Parameter type: such as `rsa-1024`.
    func makeKey(type: String, _ name: String = "key", _ options: [String] = []) throws -> String {
        let parts = type.split(separator: "-").map(String.init)
        let path = scratch.file(name)
        let bits = parts.count == 2 ? ["-b", parts[1]] : []
        try Command.run(
            arguments: ["ssh-keygen", "-q", "-t", parts[0]] + bits + ["-N", "", "-C", "ann@laptop", "-f", path]
                + options)
        return path
    }

    func publicLine(_ path: String) throws -> String {
        try String(contentsOfFile: path + ".pub", encoding: .utf8)
    }

    func publicKey(_ path: String) throws -> SSHKey { try SSHKeyLine(try publicLine(path)).key }

    func privateKey(_ path: String) throws -> SSHPrivateKey {
        try SSHPrivateKey(SecretBytes(copying: try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    func sign(
        _ message: String, _ path: String, namespace: String = "git", hash: SSHSignatureHash = .sha512
    ) throws -> [UInt8] {
        let file = try scratch.write("message", message)
        try? FileManager.default.removeItem(atPath: file + ".sig")
        try Command.run(
            "ssh-keygen", "-q", "-Y", "sign", "-f", path, "-n", namespace, "-O", "hashalg=\(hash.rawValue)", file)
        return try Array(Data(contentsOf: URL(fileURLWithPath: file + ".sig")))
    }

    /// Throws unless OpenSSH takes the signature as this key's.
    func verify(_ signature: SSHSignature, _ message: String, by key: SSHKey) throws {
        let allowed = try allowedSigners([key])
        let file = try scratch.write("ours.sig", signature.armored)
        let input = Data(message.utf8)
        try Command.run(
            arguments: [
                "ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "ann@example.org", "-n", signature.namespace, "-s",
                file,
            ], input: input)
    }

    /// For `ssh-keygen -Y verify` and `gpg.ssh.allowedSignersFile`.
    func allowedSigners(_ keys: [SSHKey]) throws -> String {
        try scratch.write("allowed", keys.map { "ann@example.org \($0)\n" }.joined())
    }
}

/// The refusal that `body` throws.
func refusal(_ body: () throws -> Void) -> SSHSignatureRefusal? {
    #expect(throws: SSHSignatureRefusal.self, performing: body)
}

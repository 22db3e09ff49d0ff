import GitRepository
import SSHSignatures
import Sodium

/// Everything that strangers hand to whoever checks who signed. The first byte says to which parser the rest goes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let bytes = Array(input.dropFirst())
    switch input[0] % 6 {
    case 0: checkArmor(bytes)
    case 1: checkSignature(bytes)
    case 2: checkKey(bytes)
    case 3: checkCommit(bytes)
    case 4: _ = try? SSHPrivateKey(SecretBytes(copying: bytes))
    default: checkLine(bytes)
    }
    return 0
}

private func checkArmor(_ bytes: [UInt8]) {
    guard let signature = try? SSHSignature(armored: bytes) else { return }
    precondition((try? SSHSignature(armored: Array(signature.armored.utf8))) == signature)
    _ = try? signature.verify(bytes)
}

/// Without the armour, which a fuzzer would hardly make; by the key that the bytes bring.
private func checkSignature(_ bytes: [UInt8]) {
    guard let signature = try? SSHSignature(bytes) else { return }
    precondition((try? SSHSignature(signature.bytes)) == signature)
    _ = try? signature.verify(bytes, for: signature.namespace)
}

private func checkKey(_ bytes: [UInt8]) {
    guard let key = try? SSHKey(blob: bytes) else { return }
    precondition((try? SSHKeyLine("\(key)"))?.key == key)
}

private func checkLine(_ bytes: [UInt8]) {
    guard let line = try? SSHKeyLine(String(decoding: bytes, as: UTF8.self)) else { return }
    precondition((try? SSHKeyLine("\(line)"))?.key == line.key)
}

private func checkCommit(_ bytes: [UInt8]) {
    guard let commit = try? SignedCommit(bytes) else { return }
    precondition(commit.payload.count <= bytes.count)
    guard let object = SignedCommit.object(commit.payload, signature: "a\nb\n") else { return }
    let signed = try? SignedCommit(object)
    precondition(signed?.payload == commit.payload && signed?.signature == Array("a\nb\n".utf8))
    // A commit has one signature.
    precondition(SignedCommit.object(object, signature: "a") == nil)
}

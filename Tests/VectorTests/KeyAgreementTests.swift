import OpenSSL
import Testing

/// Project Wycheproof's vectors of the curves that IKE agrees on keys by. Invalid are points that are on no curve, and such as make the
/// secret known, which RFC 7748 leaves to the protocol and RFC 8031 §4 does not.
@Suite struct KeyAgreementVectorTests {
    @Test(arguments: [("x25519", KeyAgreement.Group.x25519), ("p256", .p256), ("p384", .p384)])
    func curves(_ name: String, _ group: KeyAgreement.Group) throws {
        let lines = try VectorFile("wycheproof/key-agreement.txt").lines.filter { $0.count > 1 && $0[1] == name }
        #expect(lines.count > 50)
        #expect(Set(lines.map { $0[2] }) == ["valid", "invalid"])
        for fields in lines {
            try #require(fields.count == 6)
            let parts = fields[3...].map(VectorFile.bytes)
            let key = try KeyAgreement(group, pkcs8: SecretBytes(copying: Self.pkcs8(parts[0], group)))
            let secret = try? key.sharedSecret(with: parts[1])
            let isRight = secret.map { $0.withUnsafeBytes { Array($0) } == parts[2] }
            #expect(isRight == (fields[2] == "valid" ? true : nil), "test \(fields[0])")
        }
    }

    private static func pkcs8(_ key: [UInt8], _ group: KeyAgreement.Group) -> [UInt8] {
        let prefix =
            switch group {
            case .p256: "304102010030130607 2a8648ce3d0201 06082a8648ce3d030107 0427 30250201010420"
            case .p384: "304e02010030100607 2a8648ce3d0201 06052b81040022 0437 30350201010430"
            default: "302e020100300506032b656e 04220420"
            }
        return VectorFile.bytes(prefix) + key
    }
}

import Manifests
import TestRandom
import Testing

struct SecretYAMLTests {
    private static func key(_ random: inout SeededRandom) -> NodePublicKey? {
        NodePublicKey(bytes: (0..<32).map { _ in UInt8.random(in: 1...255, using: &random) })
    }

    @Test func looksAsADocumentedSecret() throws {
        var random = SeededRandom(1)
        let key = try #require(Self.key(&random))
        let value = try #require(SealedText(bytes: [UInt8](repeating: 0x5B, count: 48)))
        var secret = Secret(metadata: Metadata(tenant: "acme", name: "branch"))
        #expect(secret.yaml.hasSuffix("  name: branch\nspec: {}\n"))
        secret.metadata.labels = ["site": "true"]
        secret.sealed = [Secret.SealedValue(node: Located("gw-1"), publicKey: Located(key), value: Located(value))]
        #expect(
            secret.yaml == """
                apiVersion: cvlan.io/v1
                kind: Secret
                metadata:
                  tenant: acme
                  name: branch
                  labels:
                    site: "true"
                spec:
                  sealed:
                    - node: gw-1
                      publicKey: \(key)
                      value: \(value)

                """)
    }

    @Test(arguments: 0..<100)
    func randomSecretsAreReadBack(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let names = ["true", "0", "null", "a", "gw-1", "1e5", "2027-06-30"].shuffled(using: &random)
        let sealed = try names.prefix(Int.random(in: 1...4, using: &random)).map { node in
            let count = Int.random(in: 48...200, using: &random)
            let value = try #require(SealedText(bytes: random.bytes(count)))
            return Secret.SealedValue(
                node: Located(node), publicKey: Located(try #require(Self.key(&random))), value: Located(value))
        }
        let annotations = random.chance(1, in: 2) ? ["note": "line\n#2: \"x\"\u{1F}"] : [:]
        let secret = Secret(
            metadata: Metadata(tenant: names[5], name: names[6], annotations: annotations), sealed: sealed)
        let file = load(secret.yaml)
        #expect(file.problems == [], "\(secret.yaml)")
        #expect(file.resources == [.secret(secret)], "\(secret.yaml)")
    }
}

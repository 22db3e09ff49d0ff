import Sodium
import Testing
import Trust

/// The published vectors (github.com/paseto-standard/test-vectors, PASERK/k4.*.json).
struct PASERKTests {
    @Test(arguments: [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE"
        ),
        (
            "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f",
            "cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8", "9ShR3xc8-qVJ_di0tc9nx0IDIqbatdeM2mqLFBJsKRHs"
        ),
        (
            "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e90",
            "cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjpA", "-nyvbaTz8U6TQz7OZWW-iB3va31iAxIpUgzUcVQVmW9A"
        ),
    ])
    func publicKeysAndTheirIdsAreThePublishedOnes(key: String, text: String, id: String) throws {
        let publicKey = try #require(Ed25519.PublicKey(try hex(key)))
        #expect(PASERK.encode(publicKey) == "k4.public." + text)
        #expect(PASERK.id(of: publicKey) == "k4.pid." + id)
        #expect(try PASERK.publicKey("k4.public." + text) == publicKey)
    }

    @Test(arguments: [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKQ"
        ),
        (
            "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f",
            "cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8c5WpIyC_5kWKhS8VEYSZ05dYfuTF-ZdQFV4D9vLTcNQ"
        ),
        (
            "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e90",
            "cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjpBg_jdXGl1ufTCxUVTOSp-5LHDIcISPTM3xYmWICX9z9w"
        ),
    ])
    func secretKeysAreThePublishedOnes(seed: String, text: String) throws {
        let key = try #require(Ed25519.PrivateKey(seed: SecretBytes(copying: try hex(seed))))
        #expect(PASERK.encode(key) == SecretBytes(copying: Array("k4.secret.\(text)".utf8)))
        #expect(try PASERK.privateKey("k4.secret." + text).seed == key.seed)
    }

    /// The failing vectors: keys of another length, and halves that do not belong together.
    @Test(arguments: [
        "k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjg",
        "k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo-QkZKTlJWWl5iZmpucnZ6g",
        "k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo9g_jdXGl1ufTCxUVTOSp-5LHDIcISPTM3xYmWICX9z9w",
        "k3.secret.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKQ",
        "k4.secret.", "",
    ])
    func otherTextIsNoSecretKey(text: String) {
        #expect(throws: TokenError.self) { try PASERK.privateKey(text) }
    }

    @Test(arguments: [
        "k4.public.AnBxcnN0dXZ3eHl6e3x9fn-AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2enw",
        "k3.public.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "k4.public.AAAA", "k4.public",
        "k4.public.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ])
    func otherTextIsNoPublicKey(text: String) {
        #expect(throws: TokenError.self) { try PASERK.publicKey(text) }
    }
}

import Manifests
import TestRandom
import Testing

/// How much of a text is hidden because there is a secret in it, or something that could be one.
struct HiddenTextTests {
    private static let key = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
    private static let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"

    @Test(arguments: [
        ("password: hunter22x", "password: ***"), ("password: hunter22x  # of the lab", "password: ***  # of the lab"),
        ("{ password: hunter22x of mine, a: b }", "{ password: ***, a: b }"),
        (#"password: "hunter22x, \" and more" # a"#, #"password: "***" # a"#),
        ("password: 'hunter22x, and more' # a", "password: '***' # a"),
        ("# use \(token)\na: b", "# use ***\na: b"), ("not `\(token)!`", "not `***`"),
        ("psk: \(key)\r\na: b", "psk: ***\r\na: b"), ("key: [\(key), \(key)]", "key: [***, ***]"),
        ("publicKey: \(key)", "publicKey: \(key)"), ("\"public_key\": \"\(key)\"", "\"public_key\": \"\(key)\""),
        ("notpublicly: \(key)", "notpublicly: ***"), ("a: x\(key)", "a: x\(key)"), ("pässword", "pässword"),
        ("-----BEGIN PRIVATE KEY-----\n ab+/\n cd==\nname: x", "***\nname: x"),
        ("-----BEGIN PRIVATE KEY-----\nab\n-----END PRIVATE KEY-----", "***-----END PRIVATE KEY-----"),
        ("psk: a1b2c3d4e5 psk: f6g7h8i9j0\nb: c", "psk: ***\nb: c"), ("", ""),
    ])
    func allOfASecretIsHiddenAndNothingElse(text: String, shown: String) {
        #expect(HiddenText.masked(text) == shown)
    }

    @Test func theNameOfAFieldTellsWhatItsValueIs() {
        #expect(HiddenText.masked("a1b2c3d4e5f6", named: "example.org/api_key") == "***")
        #expect(HiddenText.masked("a1b2c3d4e5f6", named: "example.org/build") == "a1b2c3d4e5f6")
        #expect(HiddenText.masked(Self.key, named: "publicKey") == Self.key)
    }

    @Test func rangesAscendAndDoNotTouch() {
        var random = SeededRandom(7)
        let words = [
            "password: ", "a1b2c3d4", "\"", "'", " #", "\n", Self.key, " \(Self.token) ", "-----BEGIN PRIVATE KEY-----",
            "-",
        ]
        for _ in 0..<2000 {
            let text = (0..<12).compactMap { _ in words.randomElement(using: &random) }.joined()
            let bytes = Array(text.utf8)
            let ranges = HiddenText.ranges(in: bytes)
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
            #expect(ranges.allSatisfy { !$0.isEmpty && $0.upperBound <= bytes.count })
            #expect(!HiddenText.masked(text).contains(Self.token.dropFirst(4)))
        }
    }
}

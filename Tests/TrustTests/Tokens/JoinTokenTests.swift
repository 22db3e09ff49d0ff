import FoundationEssentials
import Sodium
import TestRandom
import Testing
import Trust

struct JoinTokenTests {
    private let fixtures: Fixtures
    private let key = Ed25519.PrivateKey()
    private let holder: Ed25519.PrivateKey
    private let token: JoinToken

    init() throws {
        fixtures = try Fixtures()
        var generator = SeededRandom(7)
        holder = try Fixtures.signingKey(&generator)
        token = JoinToken(
            id: "01", key: holder.publicKey, tenant: "acme", cvlans: ["office"], role: .gateway,
            labels: ["team": "eng"], node: "gw-1",
            uses: 3,
            issuedAt: Fixtures.now, expires: Fixtures.now.addingTimeInterval(3600), root: try fixtures.root().pin,
            url: "https://controller.example.org:8443")
    }

    @Test func claimsSurviveTheToken() throws {
        let read = try UnverifiedJoinToken(try token.sign(by: key))
        #expect(read.claims == token)
        #expect(read.keyID == PASERK.id(of: key.publicKey))
        #expect(try read.verified(by: [Ed25519.PrivateKey().publicKey, key.publicKey], now: Fixtures.now) == token)
    }

    @Test func claimsAreTheJSONThatIsDocumented() throws {
        let message = try PASETO(parsing: try token.sign(by: key)).message
        let text = String(decoding: message, as: UTF8.self)
        #expect(
            text == #"{"cvlans":["office"],"exp":"2027-01-15T09:00:00Z","iat":"2027-01-15T08:00:00Z","jti":"01","#
                + #""key":"\#(PASERK.encode(holder.publicKey))","labels":{"team":"eng"},"node":"gw-1","role":"gateway","root":"\#(token.root)","tenant":"acme","#
                + #""url":"https://controller.example.org:8443","uses":3}"#)
    }

    @Test func aTokenOfAnotherKeyIsRefused() throws {
        let read = try UnverifiedJoinToken(try token.sign(by: key))
        let others = [Ed25519.PrivateKey().publicKey]
        #expect(code { try read.verified(by: others, now: Fixtures.now) } == .unknownKey)
        #expect(code { try read.verified(by: [], now: Fixtures.now) } == .unknownKey)
    }

    @Test func aTokenThatNamesAKeyThatDidNotSignItIsRefused() throws {
        let other = Ed25519.PrivateKey()
        let signed = try PASETO(parsing: try token.sign(by: key))
        let forged = PASETO(
            signing: signed.message, footer: Array(#"{"kid":"\#(PASERK.id(of: key.publicKey))"}"#.utf8), by: other)
        let read = try UnverifiedJoinToken(forged.text)
        #expect(code { try read.verified(by: [key.publicKey], now: Fixtures.now) } == .badSignature)
    }

    @Test func timeDecidesExpiry() throws {
        let read = try UnverifiedJoinToken(try token.sign(by: key))
        let keys = [key.publicKey]
        #expect(throws: Never.self) { try read.verified(by: keys, now: token.expires.addingTimeInterval(-1)) }
        #expect(code { try read.verified(by: keys, now: token.expires) } == .expired)
    }

    @Test func aTokenIsNotValidBeforeItsTime() throws {
        let read = try UnverifiedJoinToken(try tokenText { $0["nbf"] = #""2027-01-15T08:30:00Z""# })
        #expect(code { try read.verified(by: [key.publicKey], now: Fixtures.now) } == .notYetValid)
        #expect(throws: Never.self) {
            try read.verified(by: [key.publicKey], now: Fixtures.now.addingTimeInterval(1800))
        }
    }

    @Test(arguments: [
        ("tenant", "\"Acme\""), ("tenant", "\"\""), ("tenant", "7"), ("cvlans", "[]"), ("cvlans", #"["../x"]"#),
        ("role", "\"root\""), ("node", "\"a\\nb\""), ("uses", "0"), ("uses", "1.5"), ("uses", "99999999999999999999"),
        ("exp", "\"tomorrow\""), ("exp", "1800000000"), ("nbf", "\"x\""), ("root", "\"sha256:00\""),
        ("url", "\"http://x\""), ("url", "\"https://x\\u0000\""), ("jti", "\"a\\nEnrollment-Token: b\""),
        ("jti", "\"\""),
        ("labels", #"{"":"x"}"#), ("labels", #"{"a":"\n"}"#), ("jti", "null"), ("key", "\"\""),
        ("key", "\"k4.public.AAAA\""), ("key", "null"),
    ])
    func badClaimsAreMalformed(claim: String, value: String) throws {
        let text = try tokenText { $0[claim] = value }
        #expect(code { try UnverifiedJoinToken(text) } == .malformed)
    }

    @Test func aTokenThatItsReaderRefusesIsNotSigned() {
        var bad = token
        bad.uses = 0
        #expect(code { try bad.sign(by: key) } == .malformed)
    }

    @Test func newIdsDiffer() {
        #expect(JoinToken.newID() != JoinToken.newID())
    }

    /// A signed token whose claims are JSON texts that `change` may set.
    private func tokenText(_ change: (inout [String: String]) -> Void) throws -> String {
        var claims = [
            "jti": "\"01\"", "tenant": "\"acme\"", "cvlans": #"["office"]"#, "role": "\"client\"", "uses": "1",
            "iat": "\"2027-01-15T08:00:00Z\"", "exp": "\"2027-01-15T09:00:00Z\"", "root": "\"\(token.root)\"",
            "url": "\"https://x\"", "key": "\"\(PASERK.encode(holder.publicKey))\"",
        ]
        change(&claims)
        let json = "{" + claims.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
        let footer = #"{"kid":"\#(PASERK.id(of: key.publicKey))"}"#
        return PASETO(signing: Array(json.utf8), footer: Array(footer.utf8), by: key).text
    }

    private func code(_ body: () throws -> some Any) -> TokenError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? TokenError)?.code
        }
    }
}

import Sodium
import Testing
import Trust

/// The published vectors of v4.public (github.com/paseto-standard/test-vectors, v4.json).
struct PASETOTests {
    private static let seed = "b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774"
    private static let publicKey = "1eb9dbbbbc047c03fd70604e0071f0987e16b28b757225c11f00415d0e20b1a2"
    private static let payload = #"{"data":"this is a signed message","exp":"2022-01-01T00:00:00+00:00"}"#
    private static let kid = #"{"kid":"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN"}"#

    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription, token, footer, assertion: String
    }

    private static let signed = [
        Vector(
            testDescription: "4-S-1",
            token:
                "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
                + "bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA",
            footer: "", assertion: ""),
        Vector(
            testDescription: "4-S-2",
            token:
                "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
                + "v3Jt8mx_TdM2ceTGoqwrh4yDFn0XsHvvV_D0DtwQxVrJEBMl0F2caAdgnpKlt4p7xBnx1HcO-SPo8FPp214HDw"
                + ".eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
            footer: kid, assertion: ""),
        Vector(
            testDescription: "4-S-3",
            token:
                "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
                + "NPWciuD3d0o5eXJXG5pJy-DiVEoyPYWs1YSTwWHNJq6DZD3je5gf-0M4JR9ipdUSJbIovzmBECeaWmaqcaP0DQ"
                + ".eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
            footer: kid, assertion: #"{"test-vector":"4-S-3"}"#),
    ]

    @Test(arguments: signed)
    func signsAndVerifiesAsPublished(vector: Vector) throws {
        let key = try #require(Ed25519.PrivateKey(seed: SecretBytes(copying: try hex(Self.seed))))
        #expect(Hex.encode(key.publicKey.bytes) == Self.publicKey)
        let token = PASETO(
            signing: Array(Self.payload.utf8), footer: Array(vector.footer.utf8),
            implicitAssertion: Array(vector.assertion.utf8), by: key)
        #expect(token.text == vector.token)
        let parsed = try PASETO(parsing: vector.token)
        #expect(parsed.footer == Array(vector.footer.utf8))
        let message = try parsed.verify(by: key.publicKey, implicitAssertion: Array(vector.assertion.utf8))
        #expect(message == Array(Self.payload.utf8))
        #expect(throws: TokenError.self) { try parsed.verify(by: key.publicKey, implicitAssertion: [0]) }
        #expect(throws: TokenError.self) { try parsed.verify(by: Ed25519.PrivateKey().publicKey) }
    }

    /// 4-F-1, 3, 4 and 5: tokens of another purpose or version.
    @Test(arguments: [
        "v4.local.vngXfCISbnKgiP6VWGuOSlYrFYU300fy9ijW33rznDYgxHNPwWluAY2Bgb0z54CUs6aYYkIJ-bOOOmJHPuX_34Agt_IPlNdGDpRdGNnB"
            + "z2MpWJvB3cttheEc1uyCEYltj7wBQQYX.YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbid0LWpzb24",
        "v3.local.23e_2PiqpQBPvRFKzB0zHhjmxK3sKo2grFZRRLM-U7L0a8uHxuF9RlVz3Ic6WmdUUWTxCaYycwWV1yM8gKbZB2JhygDMKvHQ7eBf8GtF"
            + "0r3K0Q_gF1PXOxcOgztak1eD1dPe9rLVMSgR0nHJXeIGYVuVrVoLWQ.YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbid0LWpzb24",
        "v4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAr68PS4AXe7If_ZgesdkUMvSwscFlAl1pk5HC0e8kApeaqMfGo_7OpBnwJOA"
            + "bY9V7WU6abu74MmcUE8YWAiaArVI8XJ5hOb_4v9RmDkneN0S92dx0OW4pgy7omxgf3S8c3LlQh",
        "v4.local.32VIErrEkmY4JVILovbmfPXKW9wT1OdQepjMTC_MOtjA4kiqw7_tcaOM5GNEcnTxl60WkwMsYXw6FSNb_UdJPXjpzm0KW9ojM5f4O2mR"
            + "vE2IcweP-PRdoHjd5-RHCiExR1IK6t4x-RMNXtQNbz7FvFZ_G-lFpk5RG3EOrwDL6CgDqcerSQ=="
            + ".eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
    ])
    func tokensOfAnotherKindAreRefused(token: String) {
        #expect { try PASETO(parsing: token) } throws: { ($0 as? TokenError)?.code == .malformed }
    }

    /// 4-F-2 is made to be handed to v4.local; as v4.public it parses, and no key that we have verifies it.
    @Test func aTokenOfAnotherKeyIsRefused() throws {
        let token = try PASETO(
            parsing:
                "v4.public.eyJpbnZhbGlkIjoidGhpcyBzaG91bGQgbmV2ZXIgZGVjb2RlIn22Sp4gjCaUw0c7EH84ZSm_jN_Qr41MrgLNu5LIBCzUr1pn"
                + "3Z-Wukg9h3ceplWigpoHaTLcwxj0NsI1vjTh67YB.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdM"
                + "MVc2MGhhTiJ9")
        let key = try #require(Ed25519.PublicKey(try hex(Self.publicKey)))
        #expect { try token.verify(by: key, implicitAssertion: Array("{\"test-vector\":\"4-F-1\"}".utf8)) } throws: {
            ($0 as? TokenError)?.code == .badSignature
        }
    }

    @Test func everyChangedCharacterIsRefused() throws {
        let key = try #require(Ed25519.PublicKey(try hex(Self.publicKey)))
        let text = Array(Self.signed[1].token.utf8)
        for index in text.indices {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: TokenError.self, "character \(index)") {
                try PASETO(parsing: String(decoding: changed, as: UTF8.self)).verify(by: key)
            }
        }
    }

    @Test(arguments: [
        "", "v4", "v4.public", "v4.public.", "v4.public..", "v4.public.AA", "v4.public.AA.", "v4.public.AA.AA.AA",
        "V4.public.AA", "v4.public.=", "v4.public." + String(repeating: "A", count: 20_000),
    ])
    func otherTextIsMalformed(text: String) {
        #expect { try PASETO(parsing: text) } throws: { ($0 as? TokenError)?.code == .malformed }
    }
}

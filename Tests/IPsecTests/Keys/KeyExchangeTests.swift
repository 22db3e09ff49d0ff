import IPsec
import OpenSSL
import Testing

@Suite struct KeyExchangeTests {
    @Test(arguments: DHGroup.allCases)
    func bothSidesAgree(_ group: DHGroup) throws {
        let (a, b) = (KeyExchange(group), KeyExchange(group))
        #expect(a.publicValue.count == group.publicValueCount)
        #expect(try a.sharedSecret(with: b.publicValue) == b.sharedSecret(with: a.publicValue))
    }

    @Test(arguments: DHGroup.allCases)
    func hostileValuesAreRefused(_ group: DHGroup) {
        let ours = KeyExchange(group)
        let count = group.publicValueCount
        for value in [[], [UInt8](repeating: 0, count: count), [UInt8](repeating: 1, count: count - 1)] {
            #expect(throws: KeyAgreementRefusal.self) { try ours.sharedSecret(with: value) }
        }
    }
}

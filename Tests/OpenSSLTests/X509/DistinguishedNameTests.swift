import OpenSSL
import Testing

@Suite struct DistinguishedNameTests {
    @Test(arguments: [
        "C=CH, O=Acme, CN=gate", "CN=gate", "DC=example, DC=acme, OU=Networks, CN=a b", #"CN=a\,b\+c"#,
        #"O=Z\C3\BCrich AG, CN=x"#, "CN=a=b",
    ])
    func readsWhatItWrites(_ text: String) throws {
        let name = try #require(DistinguishedName(text))
        #expect(name.description == text)
        let decoded = try #require(DistinguishedName(der: name.der))
        #expect(decoded == name)
        #expect(decoded.hashValue == name.hashValue)
        #expect(decoded.description == text)
    }

    @Test(arguments: [
        "", "gate", "=gate", "CN=", "CN=a,", ",CN=a", "CN=a+OU=b", "NOSUCH=a", #"CN=a\"#, "CN=a, ", "C=CHE",
    ])
    func refusesWhatIsNoName(_ text: String) {
        #expect(DistinguishedName(text) == nil)
    }

    @Test func caseAndSpacesDoNotMatter() throws {
        let name = try #require(DistinguishedName("C=CH, O=Acme  Networks, CN=Gate"))
        #expect(name == DistinguishedName("C=ch,O=acme networks,CN=GATE"))
        #expect(name.hashValue == DistinguishedName("C=ch,O=acme networks,CN=GATE")?.hashValue)
    }

    @Test(arguments: [
        "O=Acme, C=CH, CN=gate", "C=CH, O=Acme", "C=CH, O=Acme, CN=gate, CN=gate", "C=CH, O=Acme, CN=gat",
        "C=CH, O=Acme, OU=gate",
    ])
    func otherNamesAreOther(_ text: String) throws {
        let name = try #require(DistinguishedName(text) as DistinguishedName?)
        #expect(name != DistinguishedName("C=CH, O=Acme, CN=gate"))
    }

    @Test func whatIsNotOneNameIsRefused() throws {
        let der = try #require(DistinguishedName("C=CH, CN=gate")).der
        #expect(DistinguishedName(der: der + [0]) == nil)
        for count in 0..<der.count { #expect(DistinguishedName(der: Array(der[..<count])) == nil) }
        for index in der.indices {
            var damaged = der
            damaged[index] ^= 0xFF
            #expect(DistinguishedName(der: damaged) != DistinguishedName(der: der))
        }
    }

    @Test func unprintableBytesAreEscaped() throws {
        let name = try #require(DistinguishedName(#"CN=a\0Ab\1B\7F"#))
        #expect(name.description.utf8.allSatisfy { 0x20...0x7E ~= $0 })
    }
}

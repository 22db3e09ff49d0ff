import Addressing
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("10.1.0.7", "10.1.0.7"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::0:1", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func textIsCanonical(input: String, canonical: String) throws {
        let address = try #require(IPAddress(input))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", ".", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", "1..2.3", "+1.2.3.4", "1.2.3.0x4",
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:", ":1", "::1.2.3",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:8::", "::1%eth0",
    ])
    func malformedTextIsRefused(input: String) {
        #expect(IPAddress(input) == nil)
    }

    @Test func familiesAreOrderedAndDistinct() throws {
        let v4 = try #require(IPAddress("255.255.255.255"))
        let v6 = try #require(IPAddress("::1"))
        #expect(v4 < v6)
        #expect(IPAddress(v4: 1) != IPAddress(v6: 1))
        #expect(v4.next == nil)
        #expect(v6.next == IPAddress("::2"))
    }
}

@Suite struct IPPrefixTests {
    @Test(arguments: ["10.0.0.0/8", "0.0.0.0/0", "10.1.0.7/32", "::/0", "fd64:100::/64", "::1/128"])
    func textRoundTrips(text: String) {
        #expect(IPPrefix(text)?.description == text)
    }

    @Test(arguments: [
        "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/", "::/129", "/8", "10.0.0.0/8/8",
    ])
    func malformedTextIsRefused(text: String) {
        #expect(IPPrefix(text) == nil)
    }

    @Test func rangeOfAPrefix() throws {
        let prefix = try #require(IPPrefix("10.1.2.3/22"))
        #expect(!prefix.isNetwork)
        #expect(prefix.network.description == "10.1.0.0/22")
        #expect(prefix.firstAddress.description == "10.1.0.0")
        #expect(prefix.lastAddress.description == "10.1.3.255")
        let all = try #require(IPPrefix("::/0"))
        #expect(all.lastAddress.value == .max)
    }

    @Test func containment() throws {
        let net = try #require(IPPrefix("10.1.0.0/16"))
        #expect(net.contains(try #require(IPAddress("10.1.255.255"))))
        #expect(!net.contains(try #require(IPAddress("10.2.0.0"))))
        #expect(!net.contains(try #require(IPAddress("::a01:1"))))
        #expect(net.contains(try #require(IPPrefix("10.1.2.0/24"))))
        #expect(!net.contains(try #require(IPPrefix("10.0.0.0/8"))))
        #expect(net.overlaps(try #require(IPPrefix("10.0.0.0/8"))))
        #expect(try #require(IPPrefix("0.0.0.0/0")).contains(net))
    }
}

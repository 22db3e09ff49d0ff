import Addressing
import Manifests
import TestRandom
import Testing

struct ValuesTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2027-06-30T00:00:00Z", 1_814_313_600), ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1), ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("1996-12-20T00:39:57Z", 851_042_397),
    ])
    func timestamps(text: String, seconds: Int64) {
        #expect(Timestamp(text)?.secondsSince1970 == seconds)
        #expect(Timestamp(secondsSince1970: seconds).description == text)
    }

    @Test func timestampsInOtherForms() {
        #expect(Timestamp("1996-12-19T16:39:57-08:00") == Timestamp("1996-12-20T00:39:57Z"))
        #expect(Timestamp("1937-01-01T12:00:27.87+00:20") == Timestamp("1937-01-01T11:40:27Z"))
        #expect(Timestamp("1990-12-31T23:59:60Z") == Timestamp("1991-01-01T00:00:00Z"))
        #expect(Timestamp("2027-06-30t00:00:00z") == Timestamp("2027-06-30T00:00:00Z"))
    }

    @Test(arguments: [
        "", "2027-06-30", "2027-06-30T00:00Z", "2027-06-30T00:00:00", "2027-13-01T00:00:00Z", "2027-00-01T00:00:00Z",
        "2027-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2027-06-30T24:00:00Z", "2027-06-30T00:60:00Z",
        "2027-06-30T00:00:61Z", "2027-06-30 00:00:00Z", "2027-06-30T00:00:00.Z", "2027-06-30T00:00:00+24:00",
        "2027-06-30T00:00:00ZZ", "+027-06-30T00:00:00Z",
    ])
    func whatIsNoTimestamp(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func everyDayOfFourCenturiesIsReadBack() {
        for day in stride(from: Int64(-40_000), to: 160_000, by: 1) {
            let time = Timestamp(secondsSince1970: day * 86400 + 3661)
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test func additionStopsAtTheEnd() {
        #expect(Timestamp(secondsSince1970: .max).adding(seconds: 1) == Timestamp(secondsSince1970: .max))
    }

    @Test(arguments: ["tcp/1", "tcp/65535", "udp/1-65535", "tcp/8000-8100", "icmp"])
    func ports(text: String) {
        #expect(PortMatch(text)?.description == text)
    }

    @Test(arguments: [
        "", "tcp", "tcp/", "tcp/0", "tcp/65536", "tcp/2-1", "tcp/1-2-3", "sctp/1", "TCP/1", "tcp/01", "tcp/+1",
        "icmp/8",
        "tcp/1-", "tcp/-1", "tcp/1/2", "tcp/ 1",
    ])
    func whatIsNoPort(text: String) {
        #expect(PortMatch(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.3-10.0.0.7", "10.0.0.3-10.0.0.7"), ("10.0.0.8/29", "10.0.0.8-10.0.0.15"), ("10.0.0.9", "10.0.0.9"),
        ("fd00::1-fd00::ff", "fd00::1-fd00::ff"), ("10.0.0.9-10.0.0.9", "10.0.0.9"),
    ])
    func ranges(text: String, canonical: String) {
        #expect(AddressRange(text)?.description == canonical)
    }

    @Test(arguments: ["", "10.0.0.7-10.0.0.3", "10.0.0.1-fd00::1", "10.0.0.9/29", "10.0.0.1-", "-10.0.0.1", "a-b"])
    func whatIsNoRange(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: ["203.0.113.7:51820", "[2001:db8::1]:51820", "vpn.example.org:1", "host:65535"])
    func endpoints(text: String) {
        #expect(NodeEndpoint(text)?.description == text)
    }

    @Test(arguments: [
        "", "203.0.113.7", "203.0.113.7:0", "203.0.113.7:65536", "2001:db8::1:51820", "[fe80::1%2]:1", "host", "host:",
        ":1", "a..b:1", "203.0.113:1", "-a:1", "host:+1",
    ])
    func whatIsNoEndpoint(text: String) {
        #expect(NodeEndpoint(text) == nil)
    }

    @Test func endpointOfTheNextNetwork() {
        #expect(NodeEndpoint("h:51820")?.offset(by: 2)?.description == "h:51822")
        #expect(NodeEndpoint("h:65535")?.offset(by: 1) == nil)
    }

    @Test func keysHaveOneText() {
        #expect(NodePublicKey(Sample.key)?.description == Sample.key)
        // Bits left over, no padding, other letters, another length.
        #expect(NodePublicKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=") == nil)
        #expect(NodePublicKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") == nil)
        #expect(NodePublicKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 ") == nil)
        #expect(NodePublicKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g") == nil)
        let token = "k4.public.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        #expect(TokenKey(token)?.description == token)
        #expect(TokenKey(token + "=") == nil)
        #expect(TokenKey("k4.public.") == nil)
    }

    @Test func randomKeysAreReadBack() {
        var random = SeededRandom(7)
        for _ in 0..<1000 {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
            let key = NodePublicKey(bytes: bytes)
            #expect(key?.bytes == bytes)
            #expect(key.flatMap { NodePublicKey($0.description) } == key)
        }
    }

    @Test func sshKeysNameTheirAlgorithmTwice() {
        let text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f a b"
        #expect(SSHPublicKey(text)?.description == text)
        #expect(SSHPublicKey(text)?.comment == "a b")
        #expect(SSHPublicKey(text.replacing("ssh-ed25519", with: "ssh-rsa")) == nil)
        #expect(SSHPublicKey("ssh-ed25519") == nil)
    }

    @Test func labelsOfTheDNS() {
        for name in ["a", "a-b", "0", "2027-06-30", String(repeating: "a", count: 63)] {
            #expect(DomainName.isLabel(name))
        }
        for name in ["", "-a", "a-", "A", "a.b", "a_b", "ü", String(repeating: "a", count: 64)] {
            #expect(!DomainName.isLabel(name))
        }
        #expect(DomainName.isDomain("a.b"))
        #expect(!DomainName.isDomain("a.b."))
        #expect(!DomainName.isDomain(Array(repeating: "abcdefg", count: 32).joined(separator: ".")))
    }

    @Test func equalSelectorsHaveOneText() {
        let a = Selector(.labels(["b": "2", "a": "1"]), except: [Selector(.node("x")), Selector(.any)])
        let b = Selector(.labels(["a": "1", "b": "2"]), except: [Selector(.any), Selector(.node("x"))])
        #expect(a.description == "labels:a=1,b=2 except(any | node:x)")
        #expect(a.description == b.description)
    }

    @Test func spelling() {
        #expect(Spelling.nearest(to: "adress", among: ["name", "address"]) == "address")
        #expect(Spelling.nearest(to: "Role", among: ["role"]) == "role")
        #expect(Spelling.nearest(to: "nmae", among: ["name", "tenant"]) == "name")
        #expect(Spelling.nearest(to: "zzz", among: ["name", "tenant"]) == nil)
    }
}

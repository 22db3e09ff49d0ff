import Addressing
import IPsec
import Testing

@Suite("Configuration attributes")
struct ConfigurationTests {
    @Test("what a gateway gives")
    func reply() throws {
        let subnets = ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.7/32", "2001:db8::/32"].compactMap { IPPrefix($0) }
        let servers = ["10.0.0.53", "2001:db8::53"].compactMap { IPAddress($0) }
        let addresses = ["10.9.0.1", "2001:db8:9::1"].compactMap { IPAddress($0) }
        let configuration = Configuration(
            .reply,
            addresses.map { .address($0) } + servers.map { .dnsServer($0) } + subnets.map { .subnet($0) }
                + [.dnsDomain("corp.example")])
        let content = try MessageContent(
            PayloadChain.decode(.configuration, PayloadChain.encode([.configuration(configuration)]).bytes))
        let decoded = try #require(content.configuration)
        #expect(decoded.addresses == addresses)
        #expect(decoded.dnsServers == servers)
        #expect(decoded.subnets == subnets)
        #expect(decoded.dnsDomains == ["corp.example"])
    }

    @Test("a request asks for any address by none or by all zeros")
    func request() {
        let zero = IPAddress(v4: 0)
        let configuration = Configuration(.request, [.init(.internalIPv4Address), .address(zero)])
        #expect(configuration.contains(.internalIPv4Address))
        #expect(configuration.addresses.isEmpty)
    }

    @Test("values of a wrong form are left out")
    func wrongForm() {
        let configuration = Configuration(
            .reply,
            [
                .init(.internalIPv4Address, [1, 2, 3]), .init(.internalIPv6DNS, [1, 2, 3, 4]),
                .init(.internalIPv4Subnet, [10, 0, 0, 0, 255, 0, 255, 0]),
                .init(.internalIPv6Subnet, .init(repeating: 0, count: 16) + [129]),
                .init(.internalDNSDomain, Array("a\u{0}b".utf8)),
            ])
        #expect(configuration.addresses.isEmpty && configuration.dnsServers.isEmpty)
        #expect(configuration.subnets.isEmpty && configuration.dnsDomains.isEmpty)
    }
}

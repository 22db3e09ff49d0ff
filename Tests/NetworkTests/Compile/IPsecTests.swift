import Addressing
import FoundationEssentials
import Manifests
import OverlayNetwork
import Testing
import WireFormat

@Suite struct IPsecTests {
    private static let sealed = SealedText(bytes: Array(0..<64))

    /// Two gateways, a client, and a router behind the first of them.
    private func office(
        _ protocolOfAll: LinkProtocol? = nil, edit: (inout IPsecConnection) throws -> Void = { _ in }
    ) throws -> TenantManifests {
        var manifests = try TenantManifests.acme(.allow)
        try manifests.addNetwork("office", "10.0.0.0/24") { $0.linkProtocol = protocolOfAll }
        try manifests.addNode("client", in: ["office"], fixed: ["10.0.0.10"])
        for (name, address, route) in [("gw-1", "10.0.0.1", "10.1.0.0/16"), ("gw-2", "10.0.0.2", "10.2.0.0/16")] {
            try manifests.addNode(name, in: ["office"], fixed: [address]) { node in
                node.role = .gateway
                node.routes = [Node.SubnetRoute(prefix: Located(try prefix(route)))]
            }
        }
        try manifests.addNode("branch", in: ["office"], fixed: ["10.0.0.50"]) { node in
            node.role = .external
            node.publicKey = nil
            node.routes = [Node.SubnetRoute(prefix: Located(try prefix("192.168.7.0/24")))]
            var connection = IPsecConnection(
                identity: Located(try #require(IKEIdentity("vpn.example.org"))),
                authentication: .secret(Located("branch", at: line(7))))
            connection.$gateway = Located("gw-1", at: line(8))
            try edit(&connection)
            node.ipsec = connection
        }
        manifests.secrets["branch"] = Secret(
            metadata: Metadata(tenant: "acme", name: "branch"),
            sealed: [
                Secret.SealedValue(
                    node: Located("gw-1"), publicKey: Located(try #require(key(1))),
                    value: Located(try #require(Self.sealed)))
            ])
        return manifests
    }

    private func prefixes(_ list: [WirePrefix]) -> [String] { list.compactMap { $0.prefix?.description } }

    @Test func aNetworkWithoutIPsecSaysNothingOfIt() throws {
        var manifests = try office()
        manifests.nodes["branch"] = nil
        manifests.tenant.defaults.ipsecProfile = .cnsa
        let view = try WireView(try manifests.compile(), "client", in: "office")
        #expect(view.config.linkProtocol == .wireguard && view.config.ipsecProfile == .modern)
        #expect(view.config.mtu == 1420)
        #expect(view.peers.allSatisfy { !$0.demandsIpsec })
    }

    @Test func aNetworkSaysItForAll() throws {
        var manifests = try office(.ipsec)
        manifests.cvlans["office"]?.ipsecProfile = .cnsa
        let view = try WireView(try manifests.compile(), "client", in: "office")
        #expect(view.config.linkProtocol == .ipsec && view.config.ipsecProfile == .cnsa)
        #expect(!view.config.demandsIpsec)
        #expect(view.config.mtu == 1418)
    }

    @Test func theTenantsDefaultCounts() throws {
        var manifests = try office()
        manifests.tenant.defaults.linkProtocol = .ipsec
        manifests.tenant.defaults.ipsecProfile = .compatible
        let view = try WireView(try manifests.compile(), "client", in: "office")
        #expect(view.config.linkProtocol == .ipsec && view.config.ipsecProfile == .compatible)
        #expect(view.config.mtu == 1390)
    }

    @Test func bothEndsLearnOfADemand() throws {
        var manifests = try office()
        manifests.nodes["branch"] = nil
        manifests.nodes["gw-2"]?.linkProtocol = .ipsec
        let compiled = try manifests.compile()
        let client = try WireView(compiled, "client", in: "office")
        #expect(client.config.linkProtocol == .wireguard && !client.config.demandsIpsec)
        #expect(try client.peer("gw-2").demandsIpsec)
        #expect(try !client.peer("gw-1").demandsIpsec)
        #expect(try WireView(compiled, "gw-2", in: "office").config.demandsIpsec)
    }

    @Test func aDeviceIsReachedThroughItsGateway() throws {
        let compiled = try office().compile()
        let client = try WireView(compiled, "client", in: "office")
        #expect(client.peers.map(\.node).sorted() == ["client", "gw-1", "gw-2"])
        let gateway = try client.peer("gw-1")
        #expect(
            prefixes(gateway.allowedIps) == ["10.0.0.1/32", "10.1.0.0/16", "10.0.0.50/32", "192.168.7.0/24"])
        #expect(prefixes(gateway.routes) == ["10.1.0.0/16", "192.168.7.0/24"])
        #expect(client.config.ipsecSites.isEmpty)
    }

    @Test func onlyTheGatewayHasTheDevice() throws {
        let compiled = try office { connection in
            connection.address = .name("vpn.example.org")
            connection.profile = .compatible
        }.compile()
        let site = try #require(try WireView(compiled, "gw-1", in: "office").config.ipsecSites.first)
        #expect(site.node == "branch" && site.address == "vpn.example.org" && site.port == 500)
        #expect(site.remoteIdentity == "vpn.example.org" && site.localIdentity == "" && site.profile == .compatible)
        #expect(site.presharedKey.name == "branch" && Array(site.presharedKey.sealed) == Self.sealed?.bytes)
        #expect(prefixes(site.localSelectors) == ["10.0.0.0/24", "10.1.0.0/16", "10.2.0.0/16"])
        #expect(prefixes(site.remoteSelectors) == ["10.0.0.50/32", "192.168.7.0/24"])
        for other in ["client", "gw-2"] {
            let bytes = try #require(compiled.nodes.first { $0.name == other }).payload
            #expect(try WireNodeConfig(serializedBytes: bytes).networks[0].ipsecSites.isEmpty)
            #expect(!Data(bytes).contains(Self.sealed?.bytes ?? []), "sealed for gw-1 alone")
        }
    }

    @Test func aDeviceThatCallsHasNoAddress() throws {
        let site = try #require(try WireView(try office().compile(), "gw-1", in: "office").config.ipsecSites.first)
        #expect(site.address == "" && site.port == 0)
    }

    @Test func selectorsOfTheManifestAreTaken() throws {
        let compiled = try office { connection in
            connection.localSelectors = [Located(try prefix("10.1.2.0/24"))]
            connection.remoteSelectors = [Located(try prefix("192.168.7.0/25"))]
        }.compile()
        let site = try #require(try WireView(compiled, "gw-1", in: "office").config.ipsecSites.first)
        #expect(prefixes(site.localSelectors) == ["10.1.2.0/24"])
        #expect(prefixes(site.remoteSelectors) == ["192.168.7.0/25"])
    }

    @Test func authoritiesGoToTheGateway() throws {
        let compiled = try office { $0.authentication = .authorities(Located(Self.authority)) }.compile()
        let site = try #require(try WireView(compiled, "gw-1", in: "office").config.ipsecSites.first)
        #expect(site.authorities.certificates.count == 1)
        #expect(site.authorities.certificates.first?.first == 0x30)
    }

    @Test func whoLogsInByPasswordIsNoPeerWithAPresharedKey() throws {
        let compiled = try office { connection in
            connection.eap = .mschapv2
            connection.user = "alice"
            connection.localIdentity = IKEIdentity("vpn.acme.example")
        }.compile()
        let site = try #require(try WireView(compiled, "gw-1", in: "office").config.ipsecSites.first)
        #expect(site.eap.user == "alice" && site.eap.password.name == "branch")
        #expect(Array(site.eap.password.sealed) == Self.sealed?.bytes)
        // An agent that knows no logins finds nothing that it could take for a preshared key.
        #expect(site.presharedKey == WireSealedSecret() && site.localIdentity == "vpn.acme.example")
    }

    @Test func whoLogsInByCertificateIsVouchedFor() throws {
        let compiled = try office { connection in
            connection.eap = .tls
            connection.authentication = .authorities(Located(Self.authority))
        }.compile()
        let site = try #require(try WireView(compiled, "gw-1", in: "office").config.ipsecSites.first)
        #expect(site.eap.user == "vpn.example.org" && site.eap.authorities.certificates.count == 1)
        #expect(site.authorities == WireCertificateAuthorities())
    }

    @Test func aNameThatIsTakenCostsTheDeviceItsTunnelAndNothingElse() throws {
        let manifests = try office { connection in
            connection.authentication = .authorities(Located(Self.authority))
            connection.$localIdentity = Located(IKEIdentity("vpn.acme.example"), at: line(9))
        }
        let open = try manifests.compile()
        let refused = try manifests.compile(refusing: ["vpn.acme.example"])
        #expect(
            open.refusals == [] && refused.refusals.map { "\($0.span.line) \($0.code.rawValue)" } == ["9 name-taken"])
        #expect(try WireView(open, "gw-1", in: "office").config.ipsecSites.map(\.node) == ["branch"])
        #expect(try WireView(refused, "gw-1", in: "office").config.ipsecSites == [])
        // Nobody sends there what would be lost.
        let client = try WireView(refused, "client", in: "office")
        #expect(!client.peers.flatMap { prefixes($0.allowedIps) }.contains("192.168.7.0/24"))
        #expect(client.peers.map(\.node).sorted() == ["client", "gw-1", "gw-2"])
        #expect(refused.networks.map { $0.network.members.count } == open.networks.map { $0.network.members.count })
    }

    @Test func namesBelongToTheControllerThenToTheFirstTenant() throws {
        let manifests = try office { connection in
            connection.authentication = .authorities(Located(Self.authority))
            connection.localIdentity = IKEIdentity("vpn.acme.example")
        }
        let preshared = try office { $0.localIdentity = IKEIdentity("vpn.acme.example") }
        var names = GatewayNames(reserved: ["cvlan.example"])
        #expect(names.refused(to: manifests, at: noon) == [])
        names.grant(preshared, at: noon)
        #expect(names.refused(to: manifests, at: noon) == [], "what needs no certificate claims no name")
        names.grant(manifests, at: noon)
        #expect(names.refused(to: manifests, at: noon) == ["vpn.acme.example"])
        let controller = GatewayNames(reserved: ["vpn.acme.example"])
        #expect(controller.refused(to: manifests, at: noon) == ["vpn.acme.example"])
        var gone = manifests
        gone.nodes["branch"]?.expires = noon
        #expect(controller.refused(to: gone, at: noon) == [], "who has expired claims nothing")
    }

    @Test func withoutAGatewayOfItsOwnNothingIsRouted() throws {
        var manifests = try office()
        manifests.nodes["gw-1"]?.publicKey = nil
        let view = try WireView(try manifests.compile(), "client", in: "office")
        #expect(view.peers.flatMap { prefixes($0.allowedIps) }.contains("192.168.7.0/24") == false)
    }

    @Test func theOnlyGatewayNeedsNoName() throws {
        var manifests = try office { $0.$gateway = Located(nil, at: line(8)) }
        #expect(try manifests.errors() == ["0 no-ipsec-gateway"])
        manifests.nodes["gw-2"] = nil
        #expect(try manifests.errors() == [])
        manifests.nodes["gw-1"]?.role = .client
        #expect(try manifests.errors() == ["0 no-ipsec-gateway"])
    }

    @Test func aGatewayThatCannotHoldTheTunnelIsRefused() throws {
        for name in ["client", "nobody"] {
            #expect(try office { $0.$gateway = Located(name, at: line(8)) }.errors() == ["8 no-ipsec-gateway"])
        }
    }

    @Test func selectorsOutsideAreRefused() throws {
        let manifests = try office { connection in
            connection.localSelectors = [
                Located(try prefix("10.0.0.0/25"), at: line(2)), Located(try prefix("10.9.0.0/16"), at: line(3)),
            ]
            connection.remoteSelectors = [Located(try prefix("192.168.0.0/16"), at: line(4))]
        }
        #expect(try manifests.errors() == ["3 selector-outside", "4 selector-outside"])
    }

    @Test func authoritiesThatAreNoneAreRefused() throws {
        let manifests = try office { $0.authentication = .authorities(Located("nothing", at: line(5))) }
        #expect(try manifests.errors() == ["5 bad-authority"])
    }

    @Test func aDeviceThatSpeaksWireGuardOnlyIsRefusedRatherThanReplaced() throws {
        var manifests = try office()
        try manifests.addNode("phone", in: ["office"]) { node in
            node.role = .external
            node.$publicKey = Located(key(9), at: line(6))
        }
        #expect(try manifests.errors() == [])
        manifests.nodes["client"]?.$linkProtocol = Located(.ipsec, at: line(5))
        #expect(try manifests.errors() == ["5 device-without-ipsec"])
        manifests.cvlans["office"]?.topology = .hub
        #expect(try manifests.errors() == [], "in a hub network the two have no link")
        manifests.cvlans["office"]?.linkProtocol = .ipsec
        #expect(try manifests.errors() == ["6 device-without-ipsec"])
    }

    @Test func reachabilityGoesThroughTheGateway() throws {
        var manifests = try office()
        manifests.cvlans["office"]?.topology = .hub
        let tenant = try TenantInForce(manifests, at: noon)
        let network = try ResolvedNetwork(
            try #require(tenant.cvlans.first), in: tenant, cidrs: [try prefix("10.0.0.0/24")], previous: nil)
        let reach = try NetworkReach(network, in: tenant)
        for target in ["10.0.0.50", "192.168.7.9"] {
            #expect(
                reach.isOpen(
                    Flow(from: try address("10.0.0.10"), to: try address(target), .tcp(443))))
        }
        #expect(network.owner(of: try address("192.168.7.9")) == "behind branch, 192.168.7.0/24")
    }

    private static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBRzCB76ADAgECAgECMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCUJyYW5jaCBD
        QTAeFw0yNTAxMDEwMDAwMDBaFw00OTEyMzEyMzU5NTlaMBQxEjAQBgNVBAMMCUJy
        YW5jaCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAWVRn5FngpON+aLWcUJ
        87oCwHXRlWKQj1vMz7dximgk4PCJH3np1yRLvXr99awnmQEdqZAzHO+rDdW4mJzp
        mb+jMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFCsO0Q+mOCelGgWdWH27
        X/YQpJo0MAoGCCqGSM49BAMCA0cAMEQCIESj8tumY/kQC9JdVKzLywZxYlGeDoBA
        vQddM85IjdNTAiA8W2X2R/99w6dlhBgA475ejp0jireo6ewtzoxlPJrQhQ==
        -----END CERTIFICATE-----

        """
}

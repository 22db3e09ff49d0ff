import TestLab
import TestTunnels
import Testing

/// IKE with libreswan, which needs the kernel's ESP for packets: SAs are made, renewed and deleted.
@Suite(.serialized) struct LibreswanTests {
    @Test(arguments: [true, false], IPsecAuthentication.common)
    func makesAndRenewsSAs(libreswanBegins: Bool, by authentication: IPsecAuthentication) async throws {
        try await withLab { lab in
            let spaces = (left: try lab.namespace("left"), right: try lab.namespace("right"))
            try lab.connect(spaces.left, ["192.0.2.1/24"], spaces.right, ["192.0.2.2/24"])
            var settings = try authentication.parties(lab, left: "192.0.2.1", right: "192.0.2.2")
            settings.both {
                // libreswan has a CHILD SA for each prefix.
                $0.local.prefixes.removeLast()
                $0.remote.prefixes.removeLast()
                $0.begins = false
            }
            settings.left.begins = !libreswanBegins
            let pluto = try await Pluto(in: spaces.right, "right", lab)
            let ours = try await IPsecImplementation.cvland.start(
                in: spaces.left, "left", lab, inside: ["10.1.0.1/32"])
            try pluto.add("link", settings.right)
            try await ours.configure(["link": settings.left])
            if libreswanBegins { try pluto.initiate("link") }
            var before: IPsecAssociation = try await eventually("SAs stand") { try await ours.established() }
            #expect(before.isInitiator == !libreswanBegins)
            try pluto.rekeyChild("link")
            try await eventually("a new CHILD SA") {
                guard let now = try await ours.established(), now.children.count == 1 else { return false }
                return now.children[0].inboundSPI != before.children[0].inboundSPI
            }
            before = try #require(try await ours.established())
            try pluto.rekeyIKE("link")
            try await eventually("a new IKE SA") {
                guard let now = try await ours.established() else { return false }
                return now.initiatorSPI != before.initiatorSPI
            }
            #expect(try await ours.established()?.children.map(\.inboundSPI) == before.children.map(\.inboundSPI))
            try await ours.configure([:])
            try await eventually("libreswan is told of the end") {
                pluto.log.contains("deleting state (STATE_V2_ESTABLISHED_IKE_SA)")
            }
        }
    }

    /// A client knows the gateway alone. With EAP libreswan is no client.
    @Test(arguments: IPsecAuthentication.common)
    func aClientIsGivenAnAddress(by authentication: IPsecAuthentication) async throws {
        try await withLab { lab in
            let spaces = (left: try lab.namespace("left"), right: try lab.namespace("right"))
            try lab.connect(spaces.left, ["192.0.2.1/24"], spaces.right, ["192.0.2.2/24"])
            var settings = try authentication.parties(lab, left: "192.0.2.1", right: "192.0.2.2")
            settings.left.local.prefixes = []
            settings.left.remote.prefixes = ["10.2.0.0/24"]
            settings.left.asksForAddress = true
            settings.right.local.prefixes = ["10.2.0.0/24"]
            settings.right.remote.prefixes = ["10.3.0.0/24"]
            settings.right.remote.address = nil
            settings.right.pool = "10.3.0.0/24"
            let pluto = try await Pluto(in: spaces.left, "left", lab)
            let ours = try await IPsecImplementation.cvland.start(
                in: spaces.right, "right", lab, inside: ["10.2.0.1/32"])
            try await ours.configure(["link": settings.right])
            try pluto.add("link", settings.left)
            try pluto.initiate("link")
            let association: IPsecAssociation = try await eventually("SAs stand") { try await ours.established() }
            #expect(association.children.first?.remotePrefixes == ["10.3.0.1/32"])
            #expect(association.children.first?.localPrefixes == ["10.2.0.0/24"])
        }
    }
}

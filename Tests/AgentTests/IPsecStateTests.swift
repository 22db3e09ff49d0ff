import Addressing
import Agent
import DiffSync
import Foundation
import Sodium
import Testing
import Trust
import WireFormat

@Suite struct IPsecStateTests {
    private let key = X25519.PrivateKey()
    private let other = X25519.PrivateKey()

    private func prefix(_ text: String) throws -> WirePrefix {
        WirePrefix(try #require(IPPrefix(text)))
    }

    private func credentials(_ certificate: UInt8 = 1) throws -> IPsecCredentials {
        IPsecCredentials(
            identity: try #require(NodeIdentity("spiffe://example.org/tenant/acme/node/gw-1")),
            certificates: [Data([certificate])], privateKey: SecretBytes(copying: [9]), anchors: [Data([2])])
    }

    private func peer(_ name: String, _ key: X25519.PublicKey, _ address: String) throws -> WirePeer {
        var peer = WirePeer()
        peer.node = name
        peer.publicKey = Data(key.bytes)
        peer.allowedIps = [try prefix(address)]
        return peer
    }

    private func site() throws -> WireIPsecSite {
        var site = WireIPsecSite()
        site.node = "branch"
        site.remoteIdentity = "vpn.example.org"
        site.profile = .compatible
        site.localSelectors = [try prefix("10.100.0.0/24")]
        site.remoteSelectors = [try prefix("10.100.0.50/32"), try prefix("192.168.7.0/24")]
        site.routes = [try prefix("192.168.7.0/24")]
        site.addresses = [try prefix("10.100.0.50/32")]
        site.presharedKey.name = "branch"
        let place = SealedSecret.Place(tenant: "acme", secret: "branch")
        let value = SecretBytes(copying: Array("correct horse".utf8))
        site.presharedKey.sealed = Data(try #require(SealedSecret.seal(value, at: place, to: key.publicKey)))
        return site
    }

    private func desired(
        role: WireNodeRole = .client, sites: [WireIPsecSite] = [], credentials: IPsecCredentials? = nil,
        edit: (inout WireNetworkConfig, inout WirePeer) -> Void = { _, _ in }
    ) throws -> DesiredState {
        var network = WireNetworkConfig()
        network.cidrs = [try prefix("10.100.0.0/24")]
        network.addresses = [try prefix("10.100.0.1/24")]
        network.mtu = 1418
        network.ipsecSites = sites
        var config = WireNodeConfig()
        config.tenant = "acme"
        config.node = "gw-1"
        config.generation = 1
        config.role = role
        var laptop = try peer("laptop", other.publicKey, "10.100.0.10/32")
        edit(&network, &laptop)
        let peers = [try peer("gw-1", key.publicKey, "10.100.0.1/32"), laptop]
        let verified = try verify(config, network, peers, cvlans: ["office"], key: key.publicKey)
        return DesiredState(
            verified, publicKey: key.publicKey, interfacePrefix: "cv-",
            ipsec: IPsecKeys(credentials: credentials, privateKey: key))
    }

    private func records(
        _ desired: DesiredState, at endpoints: [String] = [], device: String? = nil
    ) throws -> RecordSet<DataPathRecord> {
        try desired.records(
            listenPorts: [:], endpoint: { _, _ in nil }, candidates: { _, _ in endpoints.compactMap { Endpoint($0) } },
            devices: { _, _ in [device].compactMap { $0.flatMap { Endpoint($0) } } })
    }

    private func kinds(_ records: RecordSet<DataPathRecord>) -> Set<DataPathRecord.Kind> {
        Set(records.records.map(\.kind))
    }

    private func ipsecPeer(_ records: RecordSet<DataPathRecord>) throws -> DataPathRecord.IPsecPeer {
        try #require(
            records.records.lazy.compactMap { record in if case .ipsecPeer(let it) = record { it } else { nil } }.first)
    }

    @Test func aLinkIsIPsecWhenTheNetworkOrEitherEndSaysSo() throws {
        let edits: [((inout WireNetworkConfig, inout WirePeer) -> Void, Bool)] = [
            ({ _, _ in }, false), ({ network, _ in network.linkProtocol = .ipsec }, true),
            ({ network, _ in network.demandsIpsec = true }, true), ({ _, peer in peer.demandsIpsec = true }, true),
        ]
        for (edit, isIPsec) in edits {
            let found = kinds(try records(try desired(credentials: try credentials(), edit: edit)))
            #expect(found.contains(.ipsecPeer) == isIPsec)
            #expect(found.contains(.ipsecIdentity) == isIPsec)
            #expect(found.contains(.peer) == !isIPsec)
        }
    }

    @Test func peersKnowEachOtherByTheirSPIFFENames() throws {
        let state = try desired(credentials: try credentials()) { network, _ in
            network.linkProtocol = .ipsec
            network.ipsecProfile = .cnsa
        }
        let peer = try ipsecPeer(try records(state, at: ["192.0.2.7:4500", "[2001:db8::7]:61000"]))
        #expect(peer.name == "laptop" && peer.profile == "cnsa")
        #expect(peer.localIdentity == "spiffe://example.org/tenant/acme/node/gw-1")
        #expect(peer.remoteIdentity == "spiffe://example.org/tenant/acme/node/laptop")
        // And by the key that the config has of them, to which the controller's certificates are bound.
        #expect(peer.remoteSerialNumber.count == 64)
        let other = try desired(credentials: try credentials()) { network, peer in
            network.linkProtocol = .ipsec
            peer.publicKey = Data(repeating: 0xEE, count: 32)
        }
        #expect(try ipsecPeer(try records(other)).remoteSerialNumber != peer.remoteSerialNumber)
        #expect(peer.endpoints == ["192.0.2.7:4500", "[2001:db8::7]:61000"])
        #expect(peer.start == .onDemand && peer.allowedIPs.map(\.description) == ["10.100.0.10/32"])
        #expect(peer.local.map(\.description) == ["10.100.0.1/32"])
    }

    @Test func whoCannotBeFoundIsWaitedFor() throws {
        let state = try desired(credentials: try credentials()) { network, _ in network.linkProtocol = .ipsec }
        #expect(try ipsecPeer(try records(state)).start == .answer)
        let kept = try desired(credentials: try credentials()) { network, _ in
            network.linkProtocol = .ipsec
            network.keepaliveSeconds = 25
        }
        #expect(try ipsecPeer(try records(kept, at: ["192.0.2.7:1"])).start == .atOnce)
    }

    @Test func aGatewayLeadsOn() throws {
        let state = try desired(role: .gateway, credentials: try credentials()) { network, _ in
            network.linkProtocol = .ipsec
        }
        #expect(try ipsecPeer(try records(state)).local == [])
    }

    @Test func withoutACertificateThereIsNoLinkRatherThanAnother() throws {
        let state = try desired { network, _ in network.linkProtocol = .ipsec }
        #expect(state.problems == ["network office: no certificate for the tunnel to laptop"])
        #expect(kinds(try records(state)).isDisjoint(with: [.peer, .ipsecPeer]))
    }

    @Test func aDeviceThatSpeaksWireGuardOnlyHasNoLink() throws {
        let state = try desired(credentials: try credentials()) { network, peer in
            network.linkProtocol = .ipsec
            peer.role = .external
        }
        #expect(kinds(try records(state)).isDisjoint(with: [.peer, .ipsecPeer]))
    }

    @Test func aDeviceGetsItsTunnelAndItsRoute() throws {
        let state = try desired(role: .gateway, sites: [try site()], credentials: try credentials())
        #expect(state.problems == [])
        let all = try records(state, device: "198.51.100.7:500")
        let device = try ipsecPeer(all)
        #expect(device.name == "branch" && device.profile == "compatible" && device.start == .atOnce)
        #expect(device.endpoints == ["198.51.100.7:500"] && device.remoteIdentity == "vpn.example.org")
        #expect(device.allowedIPs.map(\.description) == ["10.100.0.50/32", "192.168.7.0/24"])
        #expect(device.local.map(\.description) == ["10.100.0.0/24"])
        #expect(device.presharedKey == SecretBytes(copying: Array("correct horse".utf8)))
        #expect(device.pool?.prefixes.compactMap { $0.prefix?.description } == ["10.100.0.50/32"])
        #expect(all.records.contains { $0.kind == .route && $0.key.item == "192.168.7.0/24" })
        // The node of the network is still reached by WireGuard.
        #expect(kinds(all).contains(.peer))
    }

    @Test func aDeviceThatCallsIsWaitedFor() throws {
        let state = try desired(role: .gateway, sites: [try site()], credentials: try credentials())
        #expect(try ipsecPeer(try records(state)).start == .answer)
    }

    @Test func aSecretThatCannotBeOpenedMakesNoTunnel() throws {
        var moved = try site()
        moved.presharedKey.name = "other"
        var absent = try site()
        absent.presharedKey.sealed = Data()
        for (site, reason) in [
            (moved, "secret other cannot be opened: it was sealed for another secret, and moved"),
            (absent, "secret branch is not sealed to this node"),
        ] {
            let state = try desired(role: .gateway, sites: [site], credentials: try credentials())
            #expect(state.problems == ["network office: no tunnel to branch: \(reason)"])
            #expect(!kinds(try records(state)).contains(.ipsecPeer))
        }
    }

    /// The device of a person, who logs in.
    private func phone(_ password: String = "correct horse") throws -> WireIPsecSite {
        var phone = try site()
        phone.node = "phone"
        phone.localIdentity = "vpn.acme.example"
        phone.eap.user = "alice"
        phone.eap.password.name = "phone"
        let place = SealedSecret.Place(tenant: "acme", secret: "phone")
        let value = SecretBytes(copying: Array(password.utf8))
        phone.eap.password.sealed = Data(try #require(SealedSecret.seal(value, at: place, to: key.publicKey)))
        return phone
    }

    @Test func whoLogsInByPasswordHasOneUser() throws {
        let state = try desired(role: .gateway, sites: [try phone()], credentials: try credentials())
        #expect(state.problems == [])
        let spec = WireIPsecPeerSpec(try ipsecPeer(try records(state)))
        #expect(spec.eap.users.map(\.name) == ["alice"] && spec.eap.users.map(\.password) == ["correct horse"])
        #expect(!spec.eap.tls && spec.presharedKey.isEmpty && spec.localIdentity == "vpn.acme.example")
        #expect(spec.start == .answer && spec.pool.prefixes.count == 1)
    }

    @Test func whoLogsInByCertificateHasNoUserAtAll() throws {
        var phone = try phone()
        phone.eap.authorities.certificates = [Data([7])]
        let state = try desired(role: .gateway, sites: [phone], credentials: try credentials())
        let spec = WireIPsecPeerSpec(try ipsecPeer(try records(state)))
        #expect(spec.eap.tls && spec.eap.users == [] && spec.trustAnchors == [Data([7])])
    }

    @Test func aLoginNeedsTheGatewaysCertificate() throws {
        let state = try desired(role: .gateway, sites: [try phone()])
        #expect(state.problems == ["network office: no tunnel to phone: this node has no certificate"])
    }

    @Test func aPasswordIsPutAgainOnlyWhenItsSecretIsAnother() throws {
        let before = try phone()
        let wanted = try records(try desired(role: .gateway, sites: [before], credentials: try credentials()))
        let device = try ipsecPeer(wanted)
        var shown = WireIPsecPeerState()
        shown.spec = WireIPsecPeerSpec(device)
        shown.spec.eap.users[0].password = ""
        var interface = WireInterfaceState()
        interface.spec.name = device.interface
        interface.ipsecPeers = [shown]
        var state = WireDataPathState()
        state.interfaces = [interface]
        var written = WrittenSecrets()
        for record in wanted.records { written.note(Operation(.create(record))) }
        func changes(to site: WireIPsecSite) throws -> [DiffSync.Operation<DataPathRecord>] {
            let wanted = try records(try desired(role: .gateway, sites: [site], credentials: try credentials()))
            return diff(from: try DataPathRecord.observed(state, written: written), to: wanted).operations
                .filter { $0.record.kind == .ipsecPeer }
        }
        #expect(try changes(to: before).isEmpty)
        let changed = try changes(to: try phone("battery staple"))
        #expect(changed.count == 1)
        let lines = changed.flatMap(\.details).joined()
        #expect(lines.contains("secret") && !lines.contains("battery") && !lines.contains("horse"))
        var renamed = before
        renamed.eap.user = "bob"
        #expect(try changes(to: renamed).flatMap(\.details).joined().contains("mschapv2 bob"))
    }

    @Test func whatIsToldOfAChangeHasNoSecret() throws {
        let state = try desired(role: .gateway, sites: [try site()], credentials: try credentials())
        let lines = diff(from: RecordSet(), to: try records(state)).operations.flatMap(\.details).joined()
        #expect(lines.contains("secret"))
        #expect(!lines.contains("correct horse"))
        #expect(
            !lines.contains(Hex.encode(SHA256Digest.of(Array("correct horse".utf8)))), "guesses can be held against it")
    }

    @Test func whatWasPutIsNoDrift() throws {
        let wanted = try records(try desired(role: .gateway, sites: [try site()], credentials: try credentials()))
        let device = try ipsecPeer(wanted)
        var interface = WireInterfaceState()
        interface.spec.name = device.interface
        var spec = WireIPsecPeerState()
        spec.spec = WireIPsecPeerSpec(device)
        spec.spec.presharedKey = Data()
        interface.ipsecPeers = [spec]
        var state = WireDataPathState()
        state.interfaces = [interface]
        var written = WrittenSecrets()
        func differences() throws -> [String] {
            diff(from: try DataPathRecord.observed(state, written: written), to: wanted).operations
                .filter { [.ipsecPeer, .ipsecIdentity].contains($0.record.kind) }.map(\.description)
        }
        #expect(try differences().count == 2, "who does not know which secrets were put puts them")
        for record in wanted.records { written.note(Operation(.create(record))) }
        #expect(try differences() == [])
        // A certificate that was renewed.
        let renewed = try records(
            try desired(role: .gateway, sites: [try site()], credentials: try credentials(7)))
        let plan = diff(from: try DataPathRecord.observed(state, written: written), to: renewed).operations
        #expect(plan.contains { $0.record.kind == .ipsecIdentity })
        // `cvland` began anew.
        written.retain(WireDataPathState())
        #expect(try differences().count == 2)
    }
}

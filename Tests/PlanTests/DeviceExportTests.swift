import Foundation
import Manifests
import OverlayNetwork
import Plan
import TestRepository
import Testing

/// What `cvlan export` prints of a device.
struct DeviceExportTests {
    private static let network = """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec: { cidrs: [10.100.0.0/24] }
        ---
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: gw-1 }
        spec:
          role: gateway
          networks: [{ cvlan: office, addresses: [10.100.0.1] }]
          wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
          endpoints: ["203.0.113.7:51820"]
          routes: [{ prefix: 10.1.0.0/16 }]

        """

    private func exports(
        _ ipsec: String, trustDomain: String? = "acme.example", role: String = "external"
    ) async throws -> [DeviceExport] {
        let device = """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: \(role)
              networks: [{ cvlan: office, addresses: [10.100.0.50] }]
              routes: [{ prefix: 192.168.7.0/24 }]
              ipsec: \(ipsec)

            """
        let test = try TestRepository()
        try await test.commit(["network.yaml": Self.network, "branch.yaml": device])
        let lookup = try await TenantLookup(test.repository, commit: "main", stateBranch: "cvlan-state", at: now)
        return try DeviceExport.all(of: "branch", tenant: nil, in: lookup, trustDomain: trustDomain)
    }

    @Test func swanctlOfADeviceThatCalls() async throws {
        let exports = try await exports(
            "{ identity: vpn.example.org, localIdentity: gw.acme.example, secret: branch, profile: cnsa }")
        #expect(
            SwanctlConf(exports).text == """
                # The side of branch: put it into /etc/swanctl/conf.d.
                connections {
                    office-gw-1 {
                        version = 2
                        encap = yes
                        mobike = yes
                        fragmentation = yes
                        proposals = aes256gcm16-prfsha384-ecp384
                        remote_addrs = 203.0.113.7
                        rekey_time = 4h
                        dpd_delay = 30s
                        keyingtries = 0
                        local {
                            auth = psk
                            id = "vpn.example.org"
                        }
                        remote {
                            auth = psk
                            id = "gw.acme.example"
                        }
                        children {
                            office {
                                local_ts = 10.100.0.50/32,192.168.7.0/24
                                remote_ts = 10.1.0.0/16,10.100.0.0/24
                                esp_proposals = aes256gcm16-ecp384
                                rekey_time = 1h
                                start_action = start
                                dpd_action = restart
                                close_action = start
                            }
                        }
                    }
                }
                # The repository holds the preshared key sealed to the gateway alone: put it in here by hand.
                secrets {
                    ike-office-gw-1 {
                        id-1 = "vpn.example.org"
                        id-2 = "gw.acme.example"
                        secret = "PRESHARED-KEY"
                    }
                }

                """)
    }

    @Test func aDeviceThatIsCalledBeginsNothing() async throws {
        let text = SwanctlConf(
            try await exports("{ identity: vpn.example.org, address: 198.51.100.7, secret: branch }")
        ).text
        #expect(!text.contains("start_action") && !text.contains("keyingtries"))
        #expect(text.contains("remote_addrs = 203.0.113.7\n"))
    }

    /// RFC 5280 §4.2.1.6: tag 6 of the context, and the letters.
    @Test func theGatewaysSPIFFENameIsAGeneralName() async throws {
        let text = SwanctlConf(try await exports("{ identity: vpn.example.org, secret: branch }")).text
        let name = "spiffe://acme.example/tenant/acme/node/gw-1"
        let hex = name.utf8.map { String(format: "%02x", $0) }.joined()
        #expect(text.contains("id = \"asn1gn:#86\(String(format: "%02x", name.utf8.count))\(hex)\""))
    }

    @Test func clientsAreToldWhatTheyCannotDo() async throws {
        let export = try #require(try await exports("{ identity: phone.example.org, secret: branch }").first)
        let text = ClientSettings(export).text
        for line in [
            "    Server:              203.0.113.7", "    Local ID:            phone.example.org",
            "- Built-in clients offer AES-CBC with MODP groups first: profile `compatible` takes what they offer.",
            "- They expect the gateway to call itself by a host name: write `localIdentity: HOST` into the manifest.",
            "- The device gets 10.100.0.50 and reaches 10.1.0.0/16, 10.100.0.0/24.",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        #expect(text.contains("Windows: its IKEv2 client knows no preshared keys"))
    }

    @Test func whatCannotBePrintedIsRefused() async throws {
        await #expect(throws: PlanError.self) {
            try await exports("{ identity: vpn.example.org, secret: branch }", trustDomain: nil)
        }
        await #expect(throws: PlanError.self) {
            try await exports("{ identity: vpn.example.org, secret: branch }", role: "client")
        }
    }
}

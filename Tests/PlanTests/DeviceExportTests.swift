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
            try SwanctlConf(exports).text == """
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
                # The repository holds it sealed to the gateway alone: put it in here by hand.
                secrets {
                    ike-office-gw-1 {
                        id-1 = "vpn.example.org"
                        secret = "PRESHARED-KEY"
                    }
                }

                """)
    }

    @Test func aDeviceThatIsCalledBeginsNothing() async throws {
        let text = try SwanctlConf(
            try await exports("{ identity: vpn.example.org, address: 198.51.100.7, secret: branch }")
        ).text
        #expect(!text.contains("start_action") && !text.contains("keyingtries"))
        #expect(text.contains("remote_addrs = 203.0.113.7\n"))
        // Nobody says whom the key is for; strongSwan finds one by the caller's name, where that is known.
        #expect(!text.contains("id-1"))
        let named = try SwanctlConf(
            try await exports(
                "{ identity: vpn.example.org, localIdentity: gw.example, address: 198.51.100.7, secret: branch }")
        ).text
        #expect(named.contains("        id-1 = \"vpn.example.org\"\n        id-2 = \"gw.example\"\n        secret"))
    }

    /// strongSwan knows no URIs: who has the preshared key is the gateway.
    @Test func aGatewayWithoutANameIsKnownByTheKeyAlone() async throws {
        let text = try SwanctlConf(try await exports("{ identity: vpn.example.org, secret: branch }")).text
        #expect(text.contains("        remote {\n            auth = psk\n        }\n"))
        #expect(!text.contains("spiffe") && text.contains("        id-1 = \"vpn.example.org\"\n        secret"))
    }

    @Test func swanctlOfADeviceThatLogsIn() async throws {
        let exports = try await exports(
            "{ identity: alice@acme.example, localIdentity: vpn.acme.example, eap: mschapv2, user: 'a\"b', secret: branch, profile: cnsa }"
        )
        #expect(
            try SwanctlConf(exports).text == """
                # The side of branch: put it into /etc/swanctl/conf.d.
                # cvlan-ca.pem is the controller's ca.pem: put it into /etc/swanctl/x509ca (cvlan export --format ca).
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
                        vips = 0.0.0.0
                        local {
                            auth = eap-mschapv2
                            id = "alice@acme.example"
                            eap_id = "a\\"b"
                        }
                        remote {
                            auth = pubkey
                            id = "vpn.acme.example"
                            cacerts = cvlan-ca.pem
                        }
                        children {
                            office {
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
                # The repository holds it sealed to the gateway alone: put it in here by hand.
                secrets {
                    eap-office-gw-1 {
                        id = "a\\"b"
                        secret = "PASSWORD"
                    }
                }

                """)
    }

    @Test func filesAreWhereTheyAreSaidToBe() async throws {
        let exports = try await exports(
            "{ identity: branch.example, localIdentity: 'C=CH, CN=gate', eap: tls, ca: \"\(Self.pem.replacing("\n", with: "\\n"))\" }"
        )
        let text = try SwanctlConf(exports, files: .init(certificate: "/k/own.pem", authority: "/k/ca.pem")).text
        for line in [
            "auth = eap-tls", "eap_id = \"branch.example\"", "certs = /k/own.pem", "cacerts = /k/ca.pem",
            "id = \"C=CH, CN=gate\"",
        ] { #expect(text.contains("            \(line)\n"), "\(line)") }
        #expect(!text.contains("secrets {"))
    }

    /// No client finds a URI in a certificate: none is told to believe just any.
    @Test func aGatewayThatNoClientWouldBelieveIsRefused() async throws {
        let exports = try await exports("{ identity: alice@acme.example, eap: mschapv2, secret: branch }")
        #expect(throws: PlanError.self) { try SwanctlConf(exports) }
        #expect(throws: PlanError.self) { try AppleProfile(exports, authorities: nil) }
        #expect(throws: PlanError.self) { try AndroidProfile(exports[0], authorities: nil) }
        #expect(throws: PlanError.self) { try WindowsScript(exports, authorityFile: "ca.pem") }
        #expect(ClientSettings(exports[0]).text.contains("write `localIdentity: HOST` into the manifest"))
    }

    private static let login =
        "{ identity: alice@acme.example, localIdentity: vpn.acme.example, eap: mschapv2, user: 'al&<ice>', secret: branch }"

    @Test func applesProfileIsAPropertyList() async throws {
        let authorities = try #require(CertificateAuthorities(pem: Self.pem))
        let text = try AppleProfile(try await exports(Self.login), authorities: authorities).text
        #expect(text == (try AppleProfile(try await exports(Self.login), authorities: authorities).text))
        let json = try Self.python(
            """
            import json, plistlib, sys, uuid
            profile = plistlib.loads(sys.stdin.buffer.read(), fmt=plistlib.FMT_XML)
            def ids(payload): return [payload['PayloadUUID']] + [i for p in payload.get('PayloadContent', []) for i in ids(p)] \
                if not isinstance(payload.get('PayloadContent'), bytes) else [payload['PayloadUUID']]
            found = ids(profile)
            assert len(set(found)) == 3 and all(str(uuid.UUID(i)).upper() == i for i in found), found
            assert profile['PayloadType'] == 'Configuration' and profile['PayloadVersion'] == 1
            ca, vpn = profile['PayloadContent']
            assert ca['PayloadType'] == 'com.apple.security.root' and ca['PayloadContent'][0] == 0x30
            assert vpn['PayloadType'] == 'com.apple.vpn.managed' and vpn['VPNType'] == 'IKEv2'
            print(json.dumps(vpn['IKEv2'], sort_keys=True))
            """, input: text)
        for field in [
            "\"RemoteAddress\": \"vpn.acme.example\"", "\"RemoteIdentifier\": \"vpn.acme.example\"",
            "\"LocalIdentifier\": \"alice@acme.example\"", "\"AuthName\": \"al&<ice>\"",
            "\"AuthenticationMethod\": \"None\"", "\"ExtendedAuthEnabled\": 1", "\"DiffieHellmanGroup\": 20",
        ] { #expect(json.contains(field), "\(field) in \(json)") }
        #expect(!text.contains("AuthPassword") && !text.contains("SharedSecret"))
    }

    /// The fields that strongSwan's app reads.
    @Test func androidsProfileHasTheFieldsOfTheApp() async throws {
        let authorities = try #require(CertificateAuthorities(pem: Self.pem))
        let text = try AndroidProfile(try #require(try await exports(Self.login).first), authorities: authorities).text
        _ = try Self.python(
            """
            import base64, json, sys, uuid
            profile = json.load(sys.stdin)
            uuid.UUID(profile.pop('uuid'))
            assert base64.b64decode(profile['remote'].pop('cert'), validate=True)[0] == 0x30
            assert profile == {
                'name': 'acme office', 'type': 'ikev2-eap', 'remote': {'addr': 'vpn.acme.example', 'id': 'vpn.acme.example'},
                'local': {'eap_id': 'al&<ice>'}, 'ike-proposal': 'aes256gcm16-prfsha384-ecp384',
                'esp-proposal': 'aes256gcm16-ecp384', 'split-tunneling': {'subnets': ['10.1.0.0/16', '10.100.0.0/24']},
            }, profile
            """, input: text)
    }

    @Test func windowsIsToldItsAlgorithms() async throws {
        let text = try WindowsScript(try await exports(Self.login), authorityFile: "it's.pem").text
        #expect(text.contains("Import-Certificate -FilePath 'it''s.pem' "))
        #expect(
            text.contains(
                "Add-VpnConnection -Name 'acme office' -ServerAddress 'vpn.acme.example' -TunnelType Ikev2 -AuthenticationMethod Eap "
            ))
        #expect(
            text.contains("-EncryptionMethod GCMAES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup ECP384"))
        #expect(
            text.contains("Add-VpnConnectionRoute -ConnectionName 'acme office' -DestinationPrefix '10.1.0.0/16'\r\n"))
        let preshared = try await exports("{ identity: a.example, localIdentity: vpn.acme.example, secret: branch }")
        #expect(throws: PlanError.self) { try WindowsScript(preshared, authorityFile: "ca.pem") }
    }

    @Test func authoritiesAreReadBack() throws {
        let authorities = try #require(CertificateAuthorities(pem: Self.pem))
        #expect(
            CertificateAuthorities(pem: "between\n" + authorities.pem + "the two\n" + authorities.pem)?.all.count == 2)
        #expect(authorities.pem + "\n" == Self.pem)
    }

    private static func python(_ script: String, input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return output
    }

    private static let pem = """
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
            try await exports("{ identity: vpn.example.org, secret: branch }", role: "client")
        }
    }
}

import Manifests
import OverlayNetwork
import SwiftProtobuf
import Testing
import WireFormat

/// The example of the manual, down to the bytes: whoever changes one of these changes what every controller publishes.
@Suite struct GoldenTests {
    private func manifests(_ yaml: String = Example.yaml) throws -> TenantManifests {
        let file = ManifestLoader().load(path: "example.yaml", bytes: Array(yaml.utf8))
        #expect(file.problems == [])
        return try #require(ManifestSet(files: [file]).tenants["acme"])
    }

    private func files() throws -> [String: String] {
        let compiled = try manifests().compile()
        let change = StateChange(
            from: .none, tenants: ["acme": compiled.state], sourceCommit: try commit(1), evaluationTime: noon)
        return change.writes.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    @Test func theStateFileOfTheExample() throws {
        #expect(
            try files()["tenants/acme/cvlans/office.json"] == """
                {
                  "cidrs": ["10.100.0.0/24", "fd64:100::/64"],
                  "nodes": {
                    "bastion": {
                      "addresses": ["10.100.0.1", "fd64:100::1"],
                      "digest": "b6751b6cc3b5dc7bc8fcf9b0c8d5d3eea4da7247e230d08782742bc560149531",
                      "generation": 1,
                      "sourceCommit": "0000000000000000000000000000000000000001"
                    },
                    "db-1": {
                      "addresses": ["10.100.0.2", "fd64:100::2"],
                      "digest": "e652e81237dd037aad09cd5838aa63d37639dbeff0c73bae0e2928b85bc31bdd",
                      "generation": 1,
                      "sourceCommit": "0000000000000000000000000000000000000001"
                    },
                    "laptop-1": {
                      "addresses": ["10.100.0.10", "fd64:100::3"],
                      "digest": "cbba779796ea2e888ee8f7b00a16d3f71fb2afe2390c72f67e89acfa8db8789b",
                      "generation": 1,
                      "sourceCommit": "0000000000000000000000000000000000000001"
                    },
                    "printer": {
                      "addresses": ["10.100.0.8", "fd64:100::4"],
                      "digest": "ece25ecd345961b2e2ee163c40eb3208b9d14a3ed3127aae3d83bcfaf175a3f0",
                      "generation": 1,
                      "sourceCommit": "0000000000000000000000000000000000000001"
                    }
                  }
                }

                """)
    }

    @Test func theAutoNetworkIsCutFromThePools() throws {
        #expect(
            try files()["tenants/acme/cvlans/lab.json"]?.contains("\"cidrs\": [\"10.64.0.0/24\", \"fd64::/64\"]")
                == true)
    }

    @Test func whatTheLaptopRuns() throws {
        let compiled = try manifests().compile()
        let view = try WireView(compiled, "laptop-1", in: "office")
        #expect(view.config.addresses.compactMap(\.prefix?.description) == ["10.100.0.10/24", "fd64:100::3/64"])
        #expect(view.config.mtu == 1420 && view.config.keepaliveSeconds == 25 && view.config.listenPort == 0)
        #expect(view.config.defaultAction == .deny)
        #expect(
            view.peers.map { "\($0.node) \($0.endpoints) \($0.allowedIps.compactMap(\.prefix?.description))" } == [
                #"bastion ["203.0.113.7:51820"] ["10.100.0.1/32", "fd64:100::1/128", "10.1.0.0/24"]"#,
                #"db-1 [] ["10.100.0.2/32", "fd64:100::2/128"]"#,
                #"laptop-1 [] ["10.100.0.10/32", "fd64:100::3/128"]"#,
            ])
        #expect(
            view.sets.mapValues { $0.map(\.description) } == [
                "labels:app=db": ["10.100.0.2/32", "fd64:100::2/128"],
                "group:engineering": ["10.100.0.1/32", "10.100.0.10/32", "fd64:100::1/128", "fd64:100::3/128"],
            ])
        #expect(view.rules.map(\.name) == ["database/engineers-to-postgres"])
    }

    @Test func theTestsOfTheExampleHold() throws {
        #expect(try PolicyTestFailure.all(in: try manifests(), at: noon) == [])
        let broken = Example.yaml.replacing("action: allow", with: "action: deny")
        #expect(
            try PolicyTestFailure.all(in: try manifests(broken), at: noon).map(\.span.description) == [
                "example.yaml:76:7"
            ])
    }
}

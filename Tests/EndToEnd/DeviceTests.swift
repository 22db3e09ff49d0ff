import TestLab
import TestTunnels
import Testing

/// Devices that speak IPsec and have no agent: strongSwan, set up by nothing but what `cvlan export` prints.
@Suite struct DeviceTests {
    /// Who has an address is called by the other. The gateway calls itself by its SPIFFE URI where nothing else is said.
    @Test(arguments: ["", "localIdentity: gate.example"], ["", "address: 192.0.2.77"])
    func aDeviceIsLetInByItsSecret(name: String, address: String) async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, topology: "hub", manifests: ["ping.yaml": EndToEndTests.allowPing])
            let gateway = try await overlay.declared(
                "gw", underlayAddress: "192.0.2.10", address: "10.100.0.1", role: "gateway")
            let secret = "correct horse battery staple"
            let sealed = try lab.host(
                program("cvlan"), "seal", "branch-key", "--node", "gw", "--repository", overlay.git.folder,
                input: secret + "\n")
            try overlay.git.write([
                "secrets/branch-key.yaml": sealed,
                "nodes/branch.yaml": Self.device(["secret: branch-key", name, address]),
            ])
            try overlay.git.push("add a device")

            let text = try lab.host(program("cvlan"), "export", "branch", "--repository", overlay.git.folder)
            #expect(!text.contains(secret))
            let swan = try await overlay.device("branch", text)
            // By hand, as the text says.
            try swan.load(text.replacing("PRESHARED-KEY", with: secret))
            try await eventually("the device reaches its gateway", within: .seconds(40)) {
                try swan.namespace.reaches("10.100.0.1", from: "10.100.0.77")
            }
            #expect(try gateway.namespace.reaches("10.100.0.77"))
        }
    }

    /// - Parameter lines: of `ipsec`.
    private static func device(_ lines: [String]) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: branch }
        spec:
          role: external
          networks: [{ cvlan: office, addresses: [10.100.0.77] }]
          ipsec:
            identity: branch.example
        \(lines.map { "    \($0)\n" }.joined())
        """
    }
}

extension Overlay {
    /// A machine on the switch with strongSwan, not configured yet, and with the addresses inside that are to be its own.
    fileprivate func device(_ name: String, _ text: String) async throws -> Charon {
        let namespace = try lab.namespace(name)
        try underlay.plug(namespace, ["192.0.2.77/24"])
        let line = text.split(separator: "\n").first { $0.contains("local_ts = ") }
        guard let prefixes = line?.split(separator: "=").last else { throw LabError("no local_ts in:\n\(text)") }
        try namespace.configure("lo", prefixes.split(separator: ",").map { String($0).trimmed })
        return try await Charon(in: namespace, name, lab)
    }
}

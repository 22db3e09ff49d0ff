import Glibc
import TestLab
import TestTunnels
import Testing

/// Devices that speak IPsec and have no agent: strongSwan, set up by nothing but what `cvlan export` prints.
@Suite struct DeviceTests {
    enum Proof: String, CaseIterable {
        case secret, certificate, password, certificateByEAP
    }

    /// By name, the gateway needs a certificate that has it: it is given one while it carries packets.
    @Test(arguments: Proof.allCases) func aDeviceIsLetIn(by proof: Proof) async throws {
        try await withLab { lab in
            let overlay = try await Overlay(
                lab, topology: "hub", linkProtocol: "ipsec", manifests: ["ping.yaml": EndToEndTests.allowPing])
            let gateway = try await overlay.gateway()
            let client = try await overlay.declared("one", underlayAddress: "192.0.2.11", address: "10.100.0.11")
            try await eventually("one reaches the gateway") { try client.namespace.reaches("10.100.0.1") }
            let pings = try client.namespace.start("ping", "ping", "-n", "-i", "0.05", "10.100.0.1")

            let device = try Device(lab, proof)
            try overlay.declare(device, "localIdentity: gate.example")
            let swan = try await overlay.start(device)
            try await eventually("the device reaches its gateway", within: .seconds(40)) {
                try swan.namespace.reaches("10.100.0.1", from: "10.100.0.77")
            }
            #expect(try gateway.namespace.reaches("10.100.0.77"))
            try expectReport(on: gateway, lab)

            pings.signal(SIGINT)
            try await pings.waitForExit()
            #expect(pings.log.contains(" 0% packet loss"), "\(pings.log.suffix(200))")
        }
    }

    /// For people and for programs.
    private func expectReport(on gateway: Machine, _ lab: Lab) throws {
        let text = try gateway.showSAs(of: "branch", format: "text")
        #expect(text.hasPrefix("branch (") && text.contains(": up\n"), "\(text)")
        #expect(text.contains("  IKE SA  ") && text.contains("  CHILD SA  "), "\(text)")
        let json = try lab.file("sas.json", gateway.showSAs(of: "branch", format: "json"))
        try lab.host("python3", checkout() + "/Tests/AgentTests/validate-reports", json)
    }

    /// Who has an address is called by the other. The gateway calls itself by its SPIFFE URI where nothing else is said.
    @Test(arguments: ["", "localIdentity: gate.example"], ["", "address: 192.0.2.77"])
    func eitherMayCall(name: String, address: String) async throws {
        try await withLab { lab in
            let overlay = try await Overlay(lab, topology: "hub", manifests: ["ping.yaml": EndToEndTests.allowPing])
            let gateway = try await overlay.gateway()
            let device = try Device(lab, .secret)
            try overlay.declare(device, address)
            let swan = try await overlay.start(device)
            try await eventually("the device reaches its gateway", within: .seconds(40)) {
                try swan.namespace.reaches("10.100.0.1", from: "10.100.0.77")
            }
            #expect(try gateway.namespace.reaches("10.100.0.77"))
        }
    }
}

/// A device as its owner knows it.
private struct Device {
    let proof: DeviceTests.Proof
    let secret = "correct horse battery staple"
    private let lab: Lab
    private let authority: CertificateAuthority
    private let certificate: Certificate

    init(_ lab: Lab, _ proof: DeviceTests.Proof) throws {
        self.lab = lab
        self.proof = proof
        authority = try CertificateAuthority(lab, "devices")
        certificate = try authority.issue(
            CertificateRequest("/O=devices/CN=branch", names: ["DNS:branch.example", "email:branch@acme.example"]))
    }

    /// Whether it asks for its addresses, as people's devices do.
    var logsIn: Bool { proof == .password || proof == .certificateByEAP }

    var hasCertificate: Bool { proof == .certificate || proof == .certificateByEAP }

    /// - Parameter more: of `ipsec`.
    func manifest(_ more: String) throws -> String {
        var lines = ["identity: \(logsIn ? "branch@acme.example" : "branch.example")"]
        if logsIn { lines.append("eap: \(hasCertificate ? "tls" : "mschapv2")") }
        if hasCertificate {
            let pem = try lab.host("cat", authority.certificate.path).split(separator: "\n")
            lines += ["ca: |"] + pem.map { "  \($0)" }
        } else {
            lines.append("secret: branch-key")
        }
        return """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office, addresses: [10.100.0.77] }]
              ipsec:
            \((lines + [more]).map { "    \($0)\n" }.joined())
            """
    }

    /// What lies on the device beside its swanctl.conf.
    var files: [(path: String, file: String)] {
        hasCertificate ? [(certificate.path, "x509/device.pem"), (certificate.keyPath, "private/device.pem")] : []
    }
}

extension Overlay {
    fileprivate func gateway() async throws -> Machine {
        try await declared("gw", underlayAddress: "192.0.2.10", address: "10.100.0.1", role: "gateway")
    }

    /// Commits a device, and the Secret that its gateway knows it by, if any.
    fileprivate func declare(_ device: Device, _ more: String) throws {
        if !device.hasCertificate {
            let sealed = try lab.host(
                program("cvlan"), "seal", "branch-key", "--node", "gw", "--repository", git.folder,
                input: device.secret + "\n")
            try git.write(["secrets/branch-key.yaml": sealed])
        }
        try git.write(["nodes/branch.yaml": try device.manifest(more)])
        try git.push("add a device")
    }

    /// A machine on the switch with strongSwan, as what is printed for the device says.
    fileprivate func start(_ device: Device) async throws -> Charon {
        let text = try export("swanctl")
        #expect(!text.contains(device.secret))
        let namespace = try lab.namespace("branch")
        try underlay.plug(namespace, ["192.0.2.77/24"])
        if !device.logsIn {
            // Its own addresses inside.
            let line = text.split(separator: "\n").first { $0.contains("local_ts = ") }
            guard let prefixes = line?.split(separator: "=").last else { throw LabError("no local_ts in:\n\(text)") }
            try namespace.configure("lo", prefixes.split(separator: ",").map { String($0).trimmed })
        }
        let swan = try await Charon(in: namespace, "branch", lab)
        var files = device.files
        if device.proof != .secret {
            let authority = try export("ca", "--ca", controllerDirectory + "/ca.pem")
            files.append((try lab.file("cvlan-ca.pem", authority), "x509ca/cvlan-ca.pem"))
        }
        // By hand, as the text says.
        var filled = text
        for placeholder in ["PRESHARED-KEY", "PASSWORD"] {
            filled = filled.replacing("\"\(placeholder)\"", with: "\"\(device.secret)\"")
        }
        try swan.load(filled, files)
        return swan
    }

    private func export(_ format: String, _ more: String...) throws -> String {
        try lab.host(
            arguments: [
                program("cvlan"), "export", "branch", "--format", format, "--repository", git.folder, "--trust-domain",
                "acme.example",
            ] + more)
    }
}

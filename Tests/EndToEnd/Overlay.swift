import Glibc
import TestLab

/// A whole CloudVLAN on one machine: a git server (a bare repository), a controller, and nodes, each in a network
/// namespace of its own on one switch.
final class Overlay {
    let lab: Lab
    let underlay: Switch
    let git: WorkingCopy
    let controllerHost: Namespace
    let controllerDirectory: String
    let rootPin: String
    private(set) var controller: Daemon
    private let tokenKey: String
    private(set) var nodes: [String: Machine] = [:]

    static let controllerURL = "https://192.0.2.1:8443"

    /// - Parameter manifests: by path; `acme.yaml` is there already: tenant `acme` with CVLAN `office`.
    /// - Parameter bySSH: the controller reaches the repository by `ssh://`, and is told of commits by the hook alone.
    init(
        _ lab: Lab, topology: String = "mesh", linkProtocol: String = "wireguard", manifests: [String: String] = [:],
        bySSH: Bool = false
    ) async throws {
        self.lab = lab
        underlay = try lab.makeSwitch("net")
        controllerHost = try lab.namespace("ctl")
        try underlay.plug(controllerHost, ["192.0.2.1/24"])
        tokenKey = lab.directory + "/token.key"
        let publicKey = try lab.host(program("cvlan"), "token", "key", "--out", tokenKey).trimmed
        git = try WorkingCopy(lab)
        try git.write(["acme.yaml": Self.tenant(tokenKey: publicKey, topology, linkProtocol)].merging(manifests) { $1 })
        try git.push("add tenant acme")

        let access = bySSH ? try await SSHAccess(lab, controllerHost) : nil
        controllerDirectory = lab.directory + "/controller"
        let made = try lab.host(
            program("cvlan"), "controller", "init", "--dir", controllerDirectory, "--repository",
            access?.url(of: git.server) ?? git.server, "--url", Self.controllerURL, "--trust-domain", "acme.example")
        if let access { try access.configure(controllerDirectory) }
        guard let pin = made.firstWord(startingWith: "sha256:") else { throw LabError("no pin in:\n\(made)") }
        rootPin = pin
        controller = try controllerHost.start("controller", program("cvlan-controller"), "--dir", controllerDirectory)
        try await waitForController()
    }

    private static func tenant(tokenKey: String, _ topology: String, _ linkProtocol: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        spec:
          enrollment: { tokenKeys: ["\(tokenKey)"] }
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec:
          cidrs: [10.100.0.0/24, "fd64:100::/64"]
          topology: \(topology)
          protocol: \(linkProtocol)
          keepalive: 5s

        """
    }

    // MARK: Controller

    private func waitForController() async throws {
        try await eventually("the controller answers") {
            if !controller.isRunning { throw LabError("the controller ended:\n\(controller.log)") }
            return try cvlan("status").succeeded
        }
    }

    /// Runs `cvlan ARGUMENTS` against the controller.
    func cvlan(_ arguments: String...) throws -> CommandResult {
        try controllerHost.attempt(
            arguments: [program("cvlan")] + arguments,
            environment: [
                "CVLAN_SERVER": Self.controllerURL, "CVLAN_CA": "\(controllerDirectory)/ca.pem",
                "CVLAN_TOKEN_FILE": "\(controllerDirectory)/management.token",
            ])
    }

    func stopController() async throws {
        try await controller.stop()
    }

    /// - Parameter withoutCache: its SQLite file is deleted first.
    func startController(withoutCache: Bool = false) async throws {
        if withoutCache {
            for suffix in ["", "-wal", "-shm"] { unlink("\(controllerDirectory)/cache.sqlite\(suffix)") }
        }
        controller = try controllerHost.start("controller", program("cvlan-controller"), "--dir", controllerDirectory)
        try await waitForController()
    }

    /// What the git server does after a push: tells the controller, and signs it with the secret that both know.
    func callHook() throws {
        let body = try lab.file("hook.json", #"{"ref": "refs/heads/main"}"#)
        let digest = try lab.host("openssl", "dgst", "-sha256", "-hmac", SSHAccess.hookSecret, "-r", body)
        guard let hex = digest.split(separator: " ").first else { throw LabError("no digest in \(digest)") }
        try controllerHost.run(
            "curl", "-fsS", "--cacert", "\(controllerDirectory)/ca.pem", "-H", "X-Hub-Signature-256: sha256=\(hex)",
            "--data-binary", "@\(body)", "\(Self.controllerURL)/v1/hooks/git")
    }

    // MARK: Nodes

    /// A machine on the switch with `cvland` running and no agent yet.
    func machine(_ name: String, underlayAddress: String) async throws -> Machine {
        let namespace = try lab.namespace(name)
        try underlay.plug(namespace, ["\(underlayAddress)/24"])
        let machine = try await Machine(name, namespace, lab, number: nodes.count)
        nodes[name] = machine
        return machine
    }

    /// A machine that enrols with a token and runs its agent.
    func enrolled(
        _ name: String, underlayAddress: String, role: String = "client", labels: [String] = []
    ) async throws -> Machine {
        let machine = try await machine(name, underlayAddress: underlayAddress)
        let token = try token(role: role, labels: labels)
        try machine.run("enroll", "--token", token, "--node", name)
        try machine.startAgent()
        return machine
    }

    /// A machine whose manifest declares its key.
    ///
    /// - Parameters:
    ///   - protocol: what the node demands, if anything.
    ///   - label: what the machine is called here, if not as the node.
    func declared(
        _ name: String, underlayAddress: String, address: String, role: String = "client",
        protocol demand: String? = nil, machine label: String? = nil
    ) async throws -> Machine {
        let machine = try await machine(label ?? name, underlayAddress: underlayAddress)
        let key = try machine.run("key").trimmed
        try git.write([
            "nodes/\(name).yaml": """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: \(name) }
            spec:
              role: \(role)
              networks: [{ cvlan: office, addresses: [\(address)] }]
              wireguard: { publicKey: "\(key)" }
              endpoints: ["\(underlayAddress):51820"]
            \(demand.map { "  protocol: \($0)" } ?? "")

            """
        ])
        try git.push("add node \(name)")
        // The controller has to see the commit first; what it says until then is that it knows no such node.
        try await eventually("\(name) enrols") {
            try machine.attempt(
                "enroll",
                ["--controller", Self.controllerURL, "--root", rootPin, "--tenant", "acme", "--node", name]
            ).succeeded
        }
        try machine.startAgent()
        return machine
    }

    func token(role: String = "client", labels: [String] = [], uses: Int = 1) throws -> String {
        let result = try lab.attempt(
            arguments: [
                program("cvlan"), "token", "create", "--key", tokenKey, "--tenant", "acme", "--cvlan", "office",
                "--role",
                role, "--uses", "\(uses)", "--controller", Self.controllerURL, "--root", rootPin,
            ] + labels.flatMap { ["--label", $0] })
        guard result.succeeded else { throw LabError("cvlan token create: \(result.errors)") }
        return result.output.trimmed
    }
}

extension String {
    var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    func firstWord(startingWith prefix: String) -> String? {
        split(whereSeparator: \.isWhitespace).first { $0.hasPrefix(prefix) }.map(String.init)
    }
}

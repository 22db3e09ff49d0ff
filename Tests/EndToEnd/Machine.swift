import Glibc
import TestLab

/// One node: a namespace with `cvland` and an agent.
final class Machine {
    let name: String
    let namespace: Namespace
    private(set) var dataPath: Daemon
    private(set) var agent: Daemon?
    private let lab: Lab
    private let prefix: String
    private var stateDirectory: String { "\(lab.directory)/\(name)" }
    var socket: String { "\(lab.directory)/\(name).sock" }

    /// - Parameter number: distinct among the machines of the lab. WireGuard's control sockets have the interface's name
    ///   and are the same in all namespaces: so that name has the lab's mark and the number.
    init(_ name: String, _ namespace: Namespace, _ lab: Lab, number: Int) async throws {
        self.name = name
        self.namespace = namespace
        self.lab = lab
        prefix = "\(lab.interfaceName("").suffix(6))\(number)-"
        dataPath = try Self.startDataPath(name, namespace, lab)
        try await waitForDataPath()
    }

    private static func startDataPath(_ name: String, _ namespace: Namespace, _ lab: Lab) throws -> Daemon {
        try namespace.start("cvland-\(name)", program("cvland"), "--socket", "\(lab.directory)/\(name).sock")
    }

    private func waitForDataPath() async throws {
        try await eventually("cvland of \(name) listens") {
            if !dataPath.isRunning { throw LabError("cvland of \(name) ended:\n\(dataPath.log)") }
            return dataPath.log.contains(socket)
        }
    }

    /// Starts `cvland` again after it has ended.
    func startDataPath() async throws {
        dataPath = try Self.startDataPath(name, namespace, lab)
        try await waitForDataPath()
    }

    /// The TUN device of network `office`.
    var interface: String { prefix + "office" }

    /// Runs `cvlan-ctrl COMMAND …` with this machine's state folder; throws when it fails.
    @discardableResult
    func run(_ command: String, _ arguments: String...) throws -> String {
        let result = try attempt(command, arguments)
        guard result.succeeded else {
            throw LabError(
                "cvlan-ctrl \(command) on \(name): status \(result.status)\n\(result.output)\(result.errors)")
        }
        return result.output
    }

    func attempt(_ command: String, _ arguments: [String]) throws -> CommandResult {
        try namespace.attempt(arguments: [program("cvlan-ctrl"), command, "--state-dir", stateDirectory] + arguments)
    }

    /// What `vrouterctl show sas` tells of a peer, or of all, whether or not the agent runs.
    func showSAs(of peer: String? = nil, format: String = "text") throws -> String {
        let vrouterctl = lab.directory + "/vrouterctl"
        try lab.host("ln", "-sf", program("cvlan"), vrouterctl)
        let result = try namespace.attempt(
            arguments: [vrouterctl, "show", "sas"] + [peer].compactMap { $0 }
                + ["--datapath", socket, "--format", format])
        guard result.succeeded else { throw LabError("vrouterctl show sas on \(name): \(result.errors)") }
        return result.output
    }

    func startAgent() throws {
        agent = try namespace.start(
            "agent-\(name)", program("cvlan-ctrl"), "run", "--state-dir", stateDirectory, "--datapath", socket,
            "--interface-prefix", prefix, "--recheck", "1")
    }

    func killAgent() async throws {
        agent?.signal(SIGKILL)
        try await agent?.waitForExit()
    }

    func stopAgent() async throws {
        try await agent?.stop()
    }

    /// Addresses of the overlay on this machine, without prefix lengths.
    var addresses: [String] {
        get throws {
            let result = try namespace.attempt("ip", "-o", "address", "show", "dev", interface, "scope", "global")
            return result.output.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 3 ? words[3].split(separator: "/").first.map(String.init) : nil
            }
        }
    }

    /// Whether nothing at all comes back: one lost ping is not enough to say that.
    func isCutOff(from address: String) throws -> Bool {
        let ping = ["ping", "-n", "-q", "-c", "5", "-i", "0.05", "-W", "1", address]
        return try namespace.attempt(arguments: ping).output.contains(" 0 received")
    }

    /// The public keys of this machine's peers.
    var peers: Set<String> {
        get throws {
            Set(try namespace.attempt("wg", "show", interface, "peers").output.split(separator: "\n").map(String.init))
        }
    }

    var publicKey: String {
        get throws { try namespace.run("wg", "show", interface, "public-key").trimmed }
    }
}

internal import Addressing
internal import ArgumentParser
internal import OpenSSL
internal import WireFormat

/// Has a `cvland` that an agent manages make an interface with a policy in force, of which every rule has to be looked at for a
/// new flow between its members. `wg` and `ip` do the rest.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Put an interface and a policy of many rules into a cvland.")

    @Option(help: "The control socket.")
    var socket: String

    @Option(help: "The interface to be made.")
    var interface: String

    @Option(help: "Addresses of all members; the first is the interface's own.")
    var members: [IPPrefix]

    @Option(help: "Rules in force.")
    var rules = 100_000

    func validate() throws {
        guard rules > 0, !members.isEmpty else { throw ValidationError("--rules and --members: one at least") }
    }

    func run() throws {
        try ControlSocket(path: socket).apply([.putInterface(device), .putFilter(filter)])
    }

    private var device: WireInterfaceSpec {
        var device = WireInterfaceSpec()
        device.name = interface
        device.domain = "benchmark/\(interface)"
        device.privateKey = .init(SecretKey.random().withUnsafeBytes(Array.init))
        device.local = members.prefix(1).map(WirePrefix.init)
        return device
    }

    /// Denials of single ports, then leave for everything else.
    private var filter: WireInterfaceFilter {
        var everyone = WireAddressSet()
        everyone.name = "everyone"
        everyone.prefixes = members.map(WirePrefix.init)
        var rule = WireFilterRule()
        rule.from = [everyone.name]
        rule.to = [everyone.name]
        var filter = WireInterfaceFilter()
        filter.interface = interface
        filter.filter.defaultAction = .deny
        filter.filter.sets = [everyone]
        filter.filter.rules = (1..<rules).map { number in
            var port = WirePortMatch()
            // A protocol that nothing here speaks, with ports as TCP has them.
            port.protocol = 132
            port.firstPort = UInt32(number % 65_535 + 1)
            port.lastPort = port.firstPort
            rule.name = "benchmark/\(number)"
            rule.action = .deny
            rule.ports = [port]
            return rule
        }
        rule.name = "benchmark/all"
        rule.action = .allow
        rule.ports = []
        filter.filter.rules.append(rule)
        return filter
    }
}

extension IPPrefix: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

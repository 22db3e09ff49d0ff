internal import Addressing
internal import ArgumentParser
internal import Glibc
internal import OpenSSL
internal import PacketIO
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
        var request = WireDataPathRequest()
        request.id = 1
        let operations: [WireOperation.OneOf_Op] = [.putInterface(device), .putFilter(filter)]
        request.apply.operations = operations.map { op in
            var operation = WireOperation()
            operation.op = op
            return operation
        }
        let reply = try WireDataPathReply(serializedBytes: try ask(Framing.fixed32.encode(request)))
        let errors = [reply.error] + reply.applied.errors
        guard errors.allSatisfy(\.isEmpty) else { throw ValidationError("cvland refuses: \(errors)") }
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

    private func ask(_ request: [UInt8]) throws -> [UInt8] {
        let stream = try UnixStream.connect(path: socket)
        var left = request[...]
        while !left.isEmpty {
            left = left.dropFirst(try stream.write(left))
            if !left.isEmpty { wait(for: POLLOUT, on: stream) }
        }
        var decoder = FrameDecoder(.fixed32, limit: 1 << 24)
        while true {
            var bytes: [UInt8] = []
            guard try stream.read(into: &bytes) != .end else { throw ValidationError("cvland has closed the socket") }
            decoder.append(bytes)
            if let reply = try decoder.next() { return reply }
            wait(for: POLLIN, on: stream)
        }
    }

    private func wait(for events: Int32, on stream: UnixStream) {
        var state = pollfd(fd: stream.descriptor.number, events: Int16(events), revents: 0)
        poll(&state, 1, 10_000)
    }
}

extension IPPrefix: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

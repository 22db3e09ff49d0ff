internal import Addressing
internal import ArgumentParser

/// `cvlan-load`: traffic for `Tests/Benchmarks/tunnel`. Everything that is measured shares the machine's cores with it: so
/// it sends and receives in batches, sleeps in between, and copies nothing that it does not look at.
@main
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan-load",
        abstract:
            "Send datagrams at a rate and count what arrives; measure round trips; make handshakes; put policies.",
        discussion: """
            What was counted goes to standard output as one line of JSON. `receive` and `echo` print `ready` first, when \
            they are bound.

              cvlan-load receive --at 10.0.0.2:9000 & cvlan-load send --to 10.0.0.2:9000 --rate 50000 --size 64
              cvlan-load echo --at 10.0.0.2:9000 & cvlan-load ping --to 10.0.0.2:9000
            """,
        subcommands: [
            SendCommand.self, ReceiveCommand.self, PingCommand.self, EchoCommand.self, HandshakesCommand.self,
            KeysCommand.self, PolicyCommand.self, IPsecCommand.self,
        ])
}

extension Endpoint: ExpressibleByArgument {
    /// `192.0.2.1:9000` or `[2001:db8::1]:9000`.
    package init?(argument: String) { self.init(argument) }
}

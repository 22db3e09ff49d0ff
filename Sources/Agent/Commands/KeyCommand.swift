package import ArgumentParser

/// `key`: the public key to declare in the node's manifest.
package struct KeyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make this node's keys if there are none, and print its WireGuard public key.",
        discussion: "Put the key into the Node manifest (spec.wireguard.publicKey), then run `enroll` without a token.")

    @OptionGroup var state: StateOptions

    package init() {}

    package func run() async throws {
        print(try state.open().loadOrMakeKeys().wireGuard.publicKey)
    }
}

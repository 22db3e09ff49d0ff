internal import Addressing
internal import ArgumentParser
internal import OpenSSL
internal import WireFormat

/// Has a `cvland` that an agent manages make an interface with a peer by IPsec, by a key that both know. `ip` does the rest.
struct IPsecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ipsec", abstract: "Put an interface and a peer by IPsec into a cvland.")

    @Option(help: "The control socket.")
    var socket: String

    @Option(help: "The interface to be made.")
    var interface: String

    @Option(help: "What is behind this end and the other, in this order.")
    var behind: [IPPrefix]

    @Option(help: "The other end's address in the underlay.")
    var remote: String

    @Flag(help: "Begin, instead of waiting for the other end.")
    var begin = false

    func validate() throws {
        guard behind.count == 2 else { throw ValidationError("--behind: two") }
    }

    func run() throws {
        var device = WireInterfaceSpec()
        device.name = interface
        device.privateKey = .init(SecretKey.random().withUnsafeBytes(Array.init))
        var peer = WireIPsecPeerSpec()
        peer.interface = interface
        peer.name = "other"
        peer.allowedIps = [WirePrefix(behind[1])]
        peer.local = [WirePrefix(behind[0])]
        peer.endpoints = [remote]
        peer.start = begin ? .atOnce : .answer
        // AES-256-GCM alone.
        peer.profile = "cnsa"
        peer.localIdentity = "\(behind[0].address)"
        peer.remoteIdentities = ["\(behind[1].address)"]
        peer.presharedKey = .init("known to both ends".utf8)
        try ControlSocket(path: socket).apply([.putInterface(device), .putIpsecPeer(peer)])
    }
}

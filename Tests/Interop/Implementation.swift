import Glibc
import TestLab
import Testing

/// An implementation of WireGuard that `wg` configures.
enum Implementation: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case cvland
    case wireguardGo = "wireguard-go"
    case kernel

    var testDescription: String { rawValue }

    /// Those that are on this machine, which need not have the kernel module.
    static let present: [Implementation] = {
        // In a namespace that ends with the command.
        let probe = try? runCommand("unshare", "--net", "ip", "link", "add", "wg0", "type", "wireguard")
        return probe?.succeeded == true ? [.cvland, .wireguardGo, .kernel] : [.cvland, .wireguardGo]
    }()

    /// Those to test against.
    static var others: [Implementation] { present.filter { $0 != .cvland } }
}

/// Pairs of which at least one is ours.
struct Pairing: Sendable, CustomTestStringConvertible {
    let initiator: Implementation
    let responder: Implementation

    static let all: [Pairing] =
        Implementation.others.flatMap {
            [Pairing(initiator: .cvland, responder: $0), Pairing(initiator: $0, responder: .cvland)]
        } + [Pairing(initiator: .cvland, responder: .cvland)]

    var testDescription: String { "\(initiator.rawValue) to \(responder.rawValue)" }
}

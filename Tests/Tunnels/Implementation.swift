internal import TestLab

/// An implementation of WireGuard that `wg` configures.
package enum Implementation: String, Sendable, CaseIterable, CustomStringConvertible {
    case cvland
    case wireguardGo = "wireguard-go"
    case kernel

    package var description: String { rawValue }

    /// Those that are on this machine, which need not have the kernel module.
    package static let present: [Implementation] = {
        // In a namespace that ends with the command.
        let probe = try? runCommand("unshare", "--net", "ip", "link", "add", "wg0", "type", "wireguard")
        return probe?.succeeded == true ? [.cvland, .wireguardGo, .kernel] : [.cvland, .wireguardGo]
    }()

    /// Those to test against.
    package static var others: [Implementation] { present.filter { $0 != .cvland } }
}

/// Pairs of which at least one is ours.
package struct Pairing: Sendable, CustomStringConvertible {
    package let initiator: Implementation
    package let responder: Implementation

    package init(initiator: Implementation, responder: Implementation) {
        self.initiator = initiator
        self.responder = responder
    }

    package static let all: [Pairing] =
        Implementation.others.flatMap {
            [Pairing(initiator: .cvland, responder: $0), Pairing(initiator: $0, responder: .cvland)]
        } + [Pairing(initiator: .cvland, responder: .cvland)]

    package var description: String { "\(initiator.rawValue) to \(responder.rawValue)" }
}

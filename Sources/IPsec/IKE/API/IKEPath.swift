package import Addressing
package import Tunneling

/// The way of IKE messages and of ESP in UDP: between which addresses and ports.
package struct IKEPath: Hashable, Sendable {
    /// Where IKE messages go without a non-ESP marker, and ESP does not go (RFC 7296 §2).
    package static let plainPort: UInt16 = 500
    /// Where ESP in UDP goes, and IKE messages after a non-ESP marker (RFC 3948 §2).
    package static let encapsulationPort: UInt16 = 4500

    package var remote: Endpoint
    /// `nil`: the kernel chooses.
    package var source: LocalSource?
    /// The port of ours: `plainPort` or `encapsulationPort`.
    package var localPort: UInt16

    package init(remote: Endpoint, source: LocalSource? = nil, localPort: UInt16) {
        self.remote = remote
        self.source = source
        self.localPort = localPort
    }

    /// Whether IKE messages have a non-ESP marker before them here.
    package var isEncapsulated: Bool { localPort != Self.plainPort }

    /// Where the path goes on after IKE_SA_INIT (RFC 7296 §2.23): from our port 4500, and to the peer's where it was 500.
    var encapsulated: IKEPath {
        var path = self
        path.localPort = Self.encapsulationPort
        if remote.port == Self.plainPort {
            path.remote = Endpoint(remote.address, port: Self.encapsulationPort, scope: remote.scope)
        }
        return path
    }
}

extension IKEPath: CustomStringConvertible {
    package var description: String {
        "\(source.map { "\($0.address)" } ?? "*"):\(localPort) – \(remote)"
    }
}

internal import CLinux

/// Which large packets a TUN device brings and takes. Each is more than the one before.
package enum TUNOffload: Int, Sendable, Comparable {
    /// Packets as they are, without a header before them.
    case none
    /// A `VirtioNetHeader` before each packet, but none is large: the kernel refused.
    case header
    /// TCP segments in one piece.
    case tcp
    /// UDP datagrams in one piece as well (Linux 6.2).
    case tcpAndUDP

    /// Asks for as much as the kernel has. The device was made with `IFF_VNET_HDR`.
    static func enable(on descriptor: Descriptor) -> TUNOffload {
        let tcp = clinux_tun_f_csum | clinux_tun_f_tso4 | clinux_tun_f_tso6 | clinux_tun_f_tso_ecn
        if clinux_tun_set_offload(descriptor.number, tcp | clinux_tun_f_uso) == 0 { return .tcpAndUDP }
        return clinux_tun_set_offload(descriptor.number, tcp) == 0 ? .tcp : .header
    }

    package static func < (a: TUNOffload, b: TUNOffload) -> Bool { a.rawValue < b.rawValue }
}

extension TUNOffload: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none, .header: "none"
        case .tcp: "TCP"
        case .tcpAndUDP: "TCP and UDP"
        }
    }
}

package import Manifests
package import WireFormat

extension WireNodeRole {
    package init(_ role: NodeRole) {
        self =
            switch role {
            case .client: .client
            case .gateway: .gateway
            case .relay: .relay
            case .external: .external
            }
    }
}

extension WireTopology {
    init(_ topology: Topology) {
        self = topology == .mesh ? .mesh : .hub
    }
}

extension WireLinkProtocol {
    init(_ linkProtocol: LinkProtocol) {
        self = linkProtocol == .ipsec ? .ipsec : .wireguard
    }
}

extension WireIPsecProfile {
    init(_ profile: IPsecProfile) {
        self =
            switch profile {
            case .modern: .modern
            case .cnsa: .cnsa
            case .compatible: .compatible
            }
    }
}

extension WireAction {
    init(_ action: PolicyAction) {
        self = action == .allow ? .allow : .deny
    }
}

extension WirePortMatch {
    init(_ match: PortMatch) {
        self.init()
        self.protocol = UInt32(match.protocolNumber)
        firstPort = UInt32(match.ports?.lowerBound ?? 0)
        lastPort = UInt32(match.ports?.upperBound ?? 0)
    }
}

extension PortMatch {
    /// Of IP; 1 stands for ICMP and ICMPv6.
    var protocolNumber: UInt8 {
        switch self {
        case .icmp: 1
        case .tcp: 6
        case .udp: 17
        }
    }
}

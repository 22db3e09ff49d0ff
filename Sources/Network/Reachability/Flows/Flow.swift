package import Addressing
package import Manifests

/// A flow that a host wants to open.
package struct Flow: Hashable, Sendable {
    package let source: IPAddress
    package let destination: IPAddress
    package let service: Service

    package init(from source: IPAddress, to destination: IPAddress, _ service: Service) {
        self.source = source
        self.destination = destination
        self.service = service
    }

    package enum Service: Hashable, Sendable {
        case tcp(UInt16)
        case udp(UInt16)
        /// ICMP or ICMPv6.
        case icmp
        /// Any other IP protocol: only rules without ports decide it.
        case other

        /// Of several ports the first; `nil` stands for `other`.
        package init(_ match: PortMatch?) {
            switch match {
            case .tcp(let ports)?: self = .tcp(ports.lowerBound)
            case .udp(let ports)?: self = .udp(ports.lowerBound)
            case .icmp?: self = .icmp
            case nil: self = .other
            }
        }
    }
}

extension Flow.Service: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tcp(let port): "tcp/\(port)"
        case .udp(let port): "udp/\(port)"
        case .icmp: "icmp"
        case .other: "any other protocol"
        }
    }
}

extension PortMatch {
    func matches(_ service: Flow.Service) -> Bool {
        switch (self, service) {
        case (.tcp(let ports), .tcp(let port)), (.udp(let ports), .udp(let port)): ports.contains(port)
        case (.icmp, .icmp): true
        default: false
        }
    }
}

package import Addressing

/// Where a node can be reached from outside: `203.0.113.7:51820`, `[2001:db8::1]:51820`, `vpn.example.org:51820`.
package struct NodeEndpoint: Hashable, Sendable {
    package let host: Host
    /// Never 0.
    package let port: UInt16

    package enum Host: Hashable, Sendable {
        case address(IPAddress)
        /// A host name, resolved by whoever sends to it.
        case name(String)
    }

    /// `nil` when the port is 0.
    package init?(host: Host, port: UInt16) {
        guard port > 0 else { return nil }
        self.host = host
        self.port = port
    }

    /// The same host with the port moved by `offset`; `nil` past 65535.
    package func offset(by offset: Int) -> NodeEndpoint? {
        guard let port = UInt16(exactly: Int(port) + offset) else { return nil }
        return NodeEndpoint(host: host, port: port)
    }
}

extension NodeEndpoint.Host: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        if let address = IPAddress(text) {
            self = .address(address)
        } else if DomainName.isHostName(text) {
            self = .name(text)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .address(let address): address.description
        case .name(let name): name
        }
    }
}

extension NodeEndpoint: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        if let endpoint = Endpoint(text) {
            guard endpoint.scope == 0 else { return nil }
            self.init(host: .address(endpoint.address), port: endpoint.port)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...5).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(parts[1]),
            DomainName.isHostName(parts[0])
        else { return nil }
        self.init(host: .name(String(parts[0])), port: port)
    }

    package var description: String {
        switch host {
        case .address(let address): Endpoint(address, port: port).description
        case .name(let name): "\(name):\(port)"
        }
    }
}

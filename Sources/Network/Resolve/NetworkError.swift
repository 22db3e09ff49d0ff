package import Manifests

/// Why manifests that are well-formed cannot be carried out. Each points at the manifest that asks for it.
package struct NetworkError: Error, Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// An `auto` network, and no pool of the tenant has room for it.
        case poolExhausted = "pool-exhausted"
        /// Two networks of a tenant share addresses.
        case overlappingNetworks = "overlapping-networks"
        /// A node without a fixed address, and no address is free.
        case networkFull = "network-full"
        /// A fixed address that lies in none of the network's prefixes.
        case addressOutsideNetwork = "address-outside-network"
        /// A fixed address that no node may have: the network's own, its broadcast, the subnet-router anycast.
        case addressUnusable = "address-unusable"
        /// Two nodes fix the same address.
        case addressDuplicate = "address-duplicate"
        /// A fixed address that was allocated to another node before.
        case addressTaken = "address-taken"
        /// The port of an endpoint, moved by the network's position, is past 65535.
        case portOutOfRange = "port-out-of-range"
        /// A device that speaks IPsec, and no gateway that could be meant to hold the tunnel.
        case noIPsecGateway = "no-ipsec-gateway"
        /// A device that speaks WireGuard only, at a link that must be IPsec.
        case deviceWithoutIPsec = "device-without-ipsec"
        /// A traffic selector that is not inside what the tunnel joins.
        case selectorOutside = "selector-outside"
        /// The authorities of a device are no certificates.
        case badAuthority = "bad-authority"
        /// The name that a gateway is to call itself by belongs to the controller, or to another tenant. It costs the device
        /// its tunnel, and nobody else anything.
        case nameTaken = "name-taken"
        /// What manifests can say and this version cannot do.
        case unavailable
        /// A node names a network that its tenant does not have.
        case unknownNetwork = "unknown-network"
        /// A selector names a group or node that its tenant does not have.
        case unknownReference = "unknown-reference"
        /// A group that contains itself.
        case groupCycle = "group-cycle"
    }

    package let code: Code
    package let tenant: String
    package let span: SourceSpan
    /// For people: what is wrong, in one line.
    package let message: String

    package init(_ code: Code, tenant: String, at span: SourceSpan, _ message: String) {
        self.code = code
        self.tenant = tenant
        self.span = span
        self.message = message
    }
}

extension NetworkError: CustomStringConvertible {
    package var description: String { "\(span): error[\(code.rawValue)]: \(message)" }
}

/// All that is wrong, never empty, in the order of places.
package struct NetworkErrors: Error, Hashable, Sendable, CustomStringConvertible {
    package let errors: [NetworkError]

    package init(_ errors: [NetworkError]) {
        self.errors = errors.sorted {
            ($0.span, $0.code.rawValue, $0.message) < ($1.span, $1.code.rawValue, $1.message)
        }
    }

    /// Throws when there are any.
    static func throwIfAny(_ errors: [NetworkError]) throws(NetworkErrors) {
        guard errors.isEmpty else { throw NetworkErrors(errors) }
    }

    package var description: String { errors.map(\.description).joined(separator: "\n") }
}

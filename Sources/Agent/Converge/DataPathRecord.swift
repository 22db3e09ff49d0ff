package import Addressing
package import DiffSync
internal import Sodium
package import WireFormat

/// What the agent keeps in step: the things that `cvland` holds for it.
///
/// The order of the kinds is the order of creation: an interface has its filter before it has peers, so that nothing
/// passes that the policy has not allowed.
package enum DataPathRecord: Record {
    case interface(Interface)
    case filter(InterfaceFilter)
    case ipsecIdentity(IPsecIdentity)
    case address(InterfacePrefix)
    case peer(Peer)
    case ipsecPeer(IPsecPeer)
    case route(InterfacePrefix)

    package enum Kind: Comparable, Sendable {
        case interface, filter, ipsecIdentity, address, peer, ipsecPeer, route
    }

    package struct Key: Hashable, Comparable, Sendable, CustomStringConvertible {
        package let interface: String
        /// A prefix, a peer's key or its name; empty for the interface itself, its filter and its identity.
        package let item: String

        package static func < (a: Key, b: Key) -> Bool {
            a.interface == b.interface ? a.item < b.item : a.interface < b.interface
        }

        package var description: String { item.isEmpty ? interface : "\(item) on \(interface)" }
    }

    package struct Interface: Equatable, Sendable {
        package var name: String
        package var domain: String
        package var publicKey: [UInt8]
        /// `nil`: whichever port it has.
        package var listenPort: UInt32?
        package var mtu: UInt32
        package var forward: Bool
        /// Sorted.
        package var local: [IPPrefix]
        package var isUp = true
    }

    package struct InterfaceFilter: Equatable, Sendable {
        package var interface: String
        /// SHA-256 of the filter message.
        package var digest: [UInt8]
        /// Absent on the side that is observed.
        package var filter: WireFilter?

        package static func == (a: InterfaceFilter, b: InterfaceFilter) -> Bool {
            a.interface == b.interface && a.digest == b.digest
        }
    }

    package struct InterfacePrefix: Equatable, Sendable {
        package var interface: String
        package var prefix: IPPrefix
    }

    package struct Peer: Equatable, Sendable {
        package var interface: String
        package var publicKey: [UInt8]
        /// Sorted.
        package var allowedIPs: [IPPrefix]
        package var keepaliveSeconds: UInt32
        /// On the wanted side `nil` leaves whatever the data path has learned.
        package var endpoint: Endpoint?
    }

    package var kind: Kind {
        switch self {
        case .interface: .interface
        case .filter: .filter
        case .ipsecIdentity: .ipsecIdentity
        case .address: .address
        case .peer: .peer
        case .ipsecPeer: .ipsecPeer
        case .route: .route
        }
    }

    package var key: Key {
        switch self {
        case .interface(let it): Key(interface: it.name, item: "")
        case .filter(let it): Key(interface: it.interface, item: "")
        case .ipsecIdentity(let it): Key(interface: it.interface, item: "")
        case .address(let it), .route(let it): Key(interface: it.interface, item: it.prefix.description)
        case .peer(let it): Key(interface: it.interface, item: Base64.encode(it.publicKey))
        case .ipsecPeer(let it): Key(interface: it.interface, item: it.name)
        }
    }

    package var fields: [Field] {
        switch self {
        case .interface(let it):
            [
                Field("domain", it.domain), Field("publicKey", Base64.encode(it.publicKey)),
                Field("mtu", it.mtu), Field("forward", it.forward), Field("local", list: it.local),
                Field("up", it.isUp),
            ] + (it.listenPort.map { [Field("listenPort", $0)] } ?? [])
        case .filter(let it): [Field("digest", Hex.encode(it.digest))]
        case .ipsecIdentity(let it): [Field("digest", it.digest)]
        case .address, .route: []
        case .peer(let it):
            [Field("allowedIPs", list: it.allowedIPs), Field("keepalive", it.keepaliveSeconds)]
                + (it.endpoint.map { [Field("endpoint", $0)] } ?? [])
        case .ipsecPeer(let it): it.fields
        }
    }

    package var dependencies: [RecordID<Kind, Key>] {
        let interface = RecordID(kind: Kind.interface, key: Key(interface: key.interface, item: ""))
        return switch self {
        case .interface: []
        case .filter, .ipsecIdentity, .address, .route: [interface]
        case .peer: [interface, RecordID(kind: .filter, key: interface.key)]
        case .ipsecPeer:
            [interface] + [.filter, .ipsecIdentity].map { RecordID(kind: $0, key: interface.key) }
        }
    }
}

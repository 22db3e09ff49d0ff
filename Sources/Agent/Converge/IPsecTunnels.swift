internal import Addressing
internal import Foundation
package import Sodium
internal import Trust
package import WireFormat

/// What IPsec links need of this node, and no config has.
package struct IPsecKeys: Sendable {
    /// `nil`: this node has no certificate.
    package let credentials: IPsecCredentials?
    /// Opens what is sealed to this node.
    package let privateKey: X25519.PrivateKey?

    package init(credentials: IPsecCredentials? = nil, privateKey: X25519.PrivateKey? = nil) {
        self.credentials = credentials
        self.privateKey = privateKey
    }
}

extension DesiredState.Network {
    /// Whether the link to a peer is IPsec: the network says so, or either end demands it.
    package func isIPsec(_ peer: WirePeer) -> Bool {
        config.linkProtocol == .ipsec || config.demandsIpsec || peer.demandsIpsec
    }
}

/// The IPsec links of one network.
struct IPsecTunnels: Sendable {
    /// One line for each link that is left out.
    private(set) var problems: [String] = []

    /// A node of the network, and the tunnel to it without what is known later: where it is, and what is at our end.
    private struct Link: Sendable {
        let peer: WirePeer
        let record: DataPathRecord.IPsecPeer
    }

    private let interface: String
    private let credentials: IPsecCredentials?
    private let forwards: Bool
    private let isKeptAlive: Bool
    private var links: [Link] = []
    private var devices: [Device] = []

    private struct Device: Sendable {
        let site: WireIPsecSite
        let record: DataPathRecord.IPsecPeer
    }

    private static let mostEndpoints = 8

    /// `nil` when the network has none.
    init?(_ network: DesiredState.Network, of config: WireNodeConfig, _ keys: IPsecKeys) {
        // A device without our agent speaks WireGuard only: no link rather than another.
        let peers = network.peers.filter { network.isIPsec($0) && $0.role != .external }
        guard !peers.isEmpty || !network.config.ipsecSites.isEmpty else { return nil }
        interface = network.interface
        credentials = keys.credentials
        forwards = config.role == .gateway
        isKeptAlive = network.config.keepaliveSeconds > 0
        let name = network.config.cvlan
        for peer in peers {
            guard let credentials, let identity = credentials.identity(of: peer.node) else {
                problems.append("network \(name): no certificate for the tunnel to \(peer.node)")
                continue
            }
            var record = DataPathRecord.IPsecPeer(name: peer.node, of: interface, network.config.ipsecProfile)
            record.allowedIPs = Set(peer.allowedIps.compactMap { $0.prefix?.network }).sorted()
            record.localIdentity = credentials.identity.description
            record.remoteIdentity = identity
            record.remoteSerialNumber = NodeKeyBinding(nodeKey: peer.publicKey).serialNumber
            links.append(Link(peer: peer, record: record))
        }
        for site in network.config.ipsecSites {
            do throws(DeviceRefusal) {
                let record = try Self.record(site, of: network, tenant: config.tenant, keys)
                devices.append(Device(site: site, record: record))
            } catch {
                problems.append("network \(name): no tunnel to \(site.node): \(error.reason)")
            }
        }
    }

    /// - Parameters:
    ///   - local: what this node stands for in the network.
    ///   - candidates: where a node may be found, best first.
    ///   - found: where a device is.
    func records(
        local: [IPPrefix], candidates: (WirePeer) -> [Endpoint], devices found: (WireIPsecSite) -> [Endpoint]
    ) -> [DataPathRecord] {
        var records: [DataPathRecord] = []
        if let credentials {
            records.append(
                .ipsecIdentity(.init(interface: interface, digest: credentials.digest, credentials: credentials)))
        }
        for link in links {
            var record = link.record
            // A gateway leads on to what is not its own; the other end narrows it to what it wants of that.
            record.local = forwards ? [] : local
            record.endpoints = candidates(link.peer).prefix(Self.mostEndpoints).map(\.description)
            // Who is to be kept alive may be behind NAT: it begins, so that others find it.
            record.start = record.endpoints.isEmpty ? .answer : isKeptAlive ? .atOnce : .onDemand
            records.append(.ipsecPeer(record))
        }
        for device in devices {
            var record = device.record
            record.endpoints = found(device.site).map(\.description)
            record.start = record.endpoints.isEmpty ? .answer : .atOnce
            records.append(.ipsecPeer(record))
        }
        return records
    }

    // MARK: Devices

    private struct DeviceRefusal: Error {
        let reason: String

        static let unknown = DeviceRefusal(reason: "this version does not know how the two are to know each other")
    }

    private static func record(
        _ site: WireIPsecSite, of network: DesiredState.Network, tenant: String, _ keys: IPsecKeys
    ) throws(DeviceRefusal) -> DataPathRecord.IPsecPeer {
        var record = DataPathRecord.IPsecPeer(name: site.node, of: network.interface, site.profile)
        record.allowedIPs = site.remoteSelectors.compactMap { $0.prefix?.network }.sorted()
        record.local = site.localSelectors.compactMap { $0.prefix?.network }.sorted()
        record.remoteIdentity = site.remoteIdentity
        record.localIdentity = site.localIdentity
        if site.localIdentity.isEmpty {
            guard let own = keys.credentials?.identity else {
                throw DeviceRefusal(reason: "this node has no certificate, which its identity is from")
            }
            record.localIdentity = own.description
        }
        switch site.authentication {
        case .presharedKey(let sealed):
            record.presharedKey = try open(sealed, of: tenant, keys)
            record.secretDigest = sealed.digest
        case .authorities(let authorities):
            try requireCertificate(keys)
            record.anchors = authorities.certificates.map { Array($0) }
        case .eap(let login):
            try requireCertificate(keys)
            switch login.method {
            case .password(let sealed):
                record.login = .password(user: login.user, try open(sealed, of: tenant, keys))
                record.secretDigest = sealed.digest
            case .authorities(let authorities):
                record.login = .certificate
                record.anchors = authorities.certificates.map { Array($0) }
            case nil: throw .unknown
            }
        case nil: throw .unknown
        }
        record.pool = WireIPsecPool(site)
        return record
    }

    private static func requireCertificate(_ keys: IPsecKeys) throws(DeviceRefusal) {
        guard keys.credentials != nil else { throw DeviceRefusal(reason: "this node has no certificate") }
    }

    private static func open(
        _ sealed: WireSealedSecret, of tenant: String, _ keys: IPsecKeys
    ) throws(DeviceRefusal) -> SecretBytes {
        let place = SealedSecret.Place(tenant: tenant, secret: sealed.name)
        guard let key = keys.privateKey, !sealed.sealed.isEmpty else {
            throw DeviceRefusal(reason: "secret \(sealed.name) is not sealed to this node")
        }
        do throws(SealedSecret.Refusal) {
            return try SealedSecret.open(sealed.sealed, at: place, with: key)
        } catch {
            throw DeviceRefusal(reason: "secret \(sealed.name) cannot be opened: \(error)")
        }
    }
}

extension WireIPsecSite {
    /// Where the config says the device is: "ADDRESS:PORT" or "NAME:PORT"; `nil`: it calls.
    var endpoint: String? {
        guard !address.isEmpty, let port = UInt16(exactly: port) else { return nil }
        return IPAddress(address).map { Endpoint($0, port: port).description } ?? "\(address):\(port)"
    }
}

extension WireSealedSecret {
    /// Tells it from another, and nobody what is in it.
    fileprivate var digest: String { Hex.encode(SHA256Digest.of(Array(sealed))) }
}

extension WireIPsecPool {
    fileprivate init(_ site: WireIPsecSite) {
        self.init()
        prefixes = site.addresses
        subnets = site.localSelectors
    }
}

extension DataPathRecord.IPsecPeer {
    fileprivate init(name: String, of interface: String, _ profile: WireIPsecProfile) {
        self.init(
            interface: interface, name: name, allowedIPs: [], local: [], endpoints: [], start: .answer,
            profile: profile.word, localIdentity: "", remoteIdentity: "", anchors: [], secretDigest: "")
    }
}

extension WireIPsecProfile {
    fileprivate var word: String {
        switch self {
        case .cnsa: "cnsa"
        case .compatible: "compatible"
        case .modern, .UNRECOGNIZED: "modern"
        }
    }
}

internal import Addressing
internal import FoundationEssentials
internal import IPsec
internal import OpenSSL
internal import Tunneling
internal import WireFormat

/// Who an interface is to its peers by IPsec, checked.
struct IPsecIdentitySettings: Sendable {
    /// `nil`: it has no certificate.
    private(set) var key: CertifiedKey?
    private(set) var verifier: CertificateVerifier?
    private(set) var revocationLists: [RevocationList] = []

    /// Nobody: there are preshared keys alone.
    init() {}

    init(_ wire: WireIPsecIdentity) throws(EngineError) {
        if !wire.certificates.isEmpty || !wire.privateKey.isEmpty {
            do throws(CertifiedKey.Refusal) {
                key = try CertifiedKey(
                    chain: wire.certificates.map { Array($0) }, key: SecretBytes(copying: wire.privateKey))
            } catch {
                throw .invalid("the certificate and key (\(error))")
            }
        }
        do throws(CertificateRefusal) {
            for list in wire.revocationLists { revocationLists.append(try RevocationList(der: Array(list))) }
        } catch {
            throw .invalid("a revocation list (\(error))")
        }
        verifier = try Self.verifier(wire.trustAnchors, revocationLists)
    }

    /// `nil` when there are no anchors.
    static func verifier(
        _ anchors: [Data], _ revocationLists: [RevocationList]
    ) throws(EngineError) -> CertificateVerifier? {
        guard !anchors.isEmpty else { return nil }
        var certificates: [Certificate] = []
        do throws(CertificateRefusal) {
            for der in anchors { certificates.append(try Certificate(der: Array(der))) }
        } catch {
            throw .invalid("a trust anchor (\(error))")
        }
        return CertificateVerifier(TrustAnchors(certificates), revocationLists: revocationLists)
    }
}

/// What a control operation says of a peer by IPsec, checked.
struct IPsecPeerSettings: Sendable {
    let allowedIPs: [IPPrefix]
    /// As it was put, without secrets.
    let spec: WireIPsecPeerSpec
    private let presharedKey: SecretBytes?
    private let profile: Profile
    private let endpoints: [Endpoint]
    private let localIdentity: Identity?
    private let remoteIdentities: [IdentityPattern]
    private let localSelectors: [TrafficSelector]
    private let pool: AddressPool?
    /// By EAP-MSCHAPv2.
    private let users: [String: SecretBytes]
    private let start: Connection.Start

    var name: String { spec.name }

    private static let longestName = 255

    init(_ wire: WireIPsecPeerSpec) throws(EngineError) {
        guard !wire.name.isEmpty, wire.name.utf8.count <= Self.longestName else { throw .invalid("the peer's name") }
        guard let profile = Profile(rawValue: wire.profile.isEmpty ? Profile.modern.rawValue : wire.profile) else {
            throw .invalid("the profile \"\(wire.profile)\"")
        }
        self.profile = profile
        allowedIPs = try Self.prefixes(wire.allowedIps, "a prefix of the allowed IPs")
        let local = try Self.prefixes(wire.local, "a prefix of the local side")
        let families = Set(allowedIPs.map(\.family))
        localSelectors =
            local.isEmpty
            ? families.sorted().map { TrafficSelector.everything($0) } : local.map { TrafficSelector($0) }
        endpoints = try Self.map(wire.endpoints, "an endpoint") { Self.endpoint($0) }
        if wire.endpointsOnly, endpoints.isEmpty { throw .invalid("a peer that may come from nowhere") }
        if wire.start == .atOnce, endpoints.isEmpty { throw .invalid("a peer to begin with that has no endpoint") }
        switch wire.start {
        case .onDemand: start = .onDemand
        case .atOnce: start = .atOnce
        case .answer: start = .never
        case .UNRECOGNIZED(let number): throw .invalid("the start \(number)")
        }
        if wire.localIdentity.isEmpty {
            localIdentity = nil
        } else {
            guard let identity = Identity(text: wire.localIdentity) else { throw .invalid("the local identity") }
            localIdentity = identity
        }
        let patterns = try Self.map(wire.remoteIdentities, "a remote identity") { IdentityPattern(text: $0) }
        let wanted = patterns.isEmpty ? [.any] : patterns
        let serialNumber = wire.remoteSerialNumber
        guard serialNumber.isEmpty || wire.presharedKey.isEmpty else {
            throw .invalid("a preshared key and the serial number of a certificate")
        }
        remoteIdentities = serialNumber.isEmpty ? wanted : wanted.map { .bound($0, serialNumber: serialNumber) }
        presharedKey = wire.presharedKey.isEmpty ? nil : SecretBytes(copying: wire.presharedKey)
        pool = wire.hasPool ? try AddressPool(wire.pool) : nil
        users = Dictionary(wire.eap.users.map { ($0.name, SecretBytes(copying: $0.password.utf8)) }) { $1 }
        if wire.hasEap {
            guard wire.eap.tls || !users.isEmpty else { throw .invalid("EAP without users and without certificates") }
            guard presharedKey == nil else { throw .invalid("EAP with a preshared key") }
        }
        var spec = wire
        spec.presharedKey = Data()
        for index in wire.eap.users.indices { spec.eap.users[index].password = "" }
        self.spec = spec
    }

    /// What IKE is to do.
    func connection(
        of interface: ManagedInterface, _ identity: IPsecIdentitySettings
    ) throws(EngineError) -> Connection {
        let (local, remote) = try credentials(identity)
        var connection = Connection(
            id: ConnectionID(interface, name), local: local, localIdentity: try ownIdentity(identity), remote: remote,
            remoteIdentities: remoteIdentities, localSelectors: localSelectors,
            remoteSelectors: allowedIPs.map { TrafficSelector($0) })
        connection.profile = profile
        connection.start = start
        connection.remoteEndpoints = endpoints
        connection.requiresRemoteEndpoint = spec.endpointsOnly
        connection.usesESN = !spec.noEsn
        connection.addressPool = pool
        if spec.requestAddresses { connection.requestsAddresses = Set(allowedIPs.map(\.family)) }
        if spec.ikeLifetimeSeconds > 0 { connection.lifetimes.ike = .seconds(UInt64(spec.ikeLifetimeSeconds)) }
        if spec.childLifetimeSeconds > 0 { connection.lifetimes.child = .seconds(UInt64(spec.childLifetimeSeconds)) }
        if spec.childLifetimeBytes > 0 { connection.lifetimes.childBytes = spec.childLifetimeBytes }
        if spec.dpdSeconds > 0 { connection.liveness.interval = .seconds(UInt64(spec.dpdSeconds)) }
        if spec.natKeepaliveSeconds > 0 {
            connection.liveness.keepalive = .seconds(UInt64(spec.natKeepaliveSeconds))
        }
        if spec.fragmentBytes > 0 { connection.fragmentSize = max(576, Int(min(spec.fragmentBytes, 65_535))) }
        return connection
    }

    private func credentials(
        _ identity: IPsecIdentitySettings
    ) throws(EngineError) -> (Credential, Connection.RemoteAuthentication) {
        if let presharedKey { return (.sharedKey(presharedKey), .sharedKey(presharedKey)) }
        guard let key = identity.key else {
            throw .invalid("a peer without a preshared key, while the interface has no certificate,")
        }
        let own = try IPsecIdentitySettings.verifier(spec.trustAnchors, identity.revocationLists)
        // Users prove themselves without.
        let needsAnchors = !spec.hasEap || spec.eap.tls
        guard let verifier = own ?? identity.verifier ?? (needsAnchors ? nil : CertificateVerifier(TrustAnchors([])))
        else {
            throw .invalid("a peer with a certificate, while there are no trust anchors,")
        }
        guard spec.hasEap else { return (.certificate(key), .certificate(verifier)) }
        var methods: [EAPMethod] = []
        if spec.eap.tls {
            methods.append(.tls(EAPTLSSettings(credential: key, verifier: verifier, expected: remoteIdentities)))
        }
        if !users.isEmpty { methods.append(.mschapv2(users: users)) }
        return (.certificate(key), .eap(EAPSettings(methods)))
    }

    private func ownIdentity(_ identity: IPsecIdentitySettings) throws(EngineError) -> Identity {
        if let localIdentity { return localIdentity }
        guard presharedKey == nil, let certificate = identity.key?.certificate,
            let preferred = Identity.preferred(of: certificate)
        else { throw .invalid("a peer with a preshared key and no local identity") }
        return preferred
    }

    // MARK: Reading

    private static func map<Text, Value>(
        _ texts: [Text], _ what: String, _ read: (Text) -> Value?
    ) throws(EngineError) -> [Value] {
        var values: [Value] = []
        for text in texts {
            guard let value = read(text) else { throw .invalid("\(what) (\"\(text)\")") }
            values.append(value)
        }
        return values
    }

    fileprivate static func prefixes(_ wire: [WirePrefix], _ what: String) throws(EngineError) -> [IPPrefix] {
        try map(wire, what) { $0.prefix?.network }
    }

    private static func endpoint(_ text: String) -> Endpoint? {
        if let address = IPAddress(text) { return Endpoint(address, port: IKEPath.plainPort) }
        return Endpoint(text)
    }
}

extension AddressPool {
    fileprivate init(_ wire: WireIPsecPool) throws(EngineError) {
        func addresses(_ bytes: [Data], _ what: String) throws(EngineError) -> [IPAddress] {
            var all: [IPAddress] = []
            for bytes in bytes {
                guard let address = IPAddress(bytes: bytes) else { throw .invalid(what) }
                all.append(address)
            }
            return all
        }
        self.init(
            prefixes: try IPsecPeerSettings.prefixes(wire.prefixes, "a prefix of the pool"),
            reserved: Set(try addresses(wire.reserved, "a reserved address of the pool")),
            dnsServers: try addresses(wire.dnsServers, "a DNS server"), dnsDomains: wire.dnsDomains,
            subnets: try IPsecPeerSettings.prefixes(wire.subnets, "a subnet of the pool"))
    }
}

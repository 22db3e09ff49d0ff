internal import FoundationEssentials
internal import Glibc
internal import Synchronization
package import TestLab
internal import WireFormat

/// `cvland` as an agent has it, with an interface whose peers come by IPsec.
package final class CVLandIPsec: IPsecEnd {
    package let namespace: Namespace
    private let lab: Lab
    private let label: String
    private let inside: [String]
    private let environment: [String: String]
    private let privateKey: String
    private let running = Mutex<[ControlSocket]>([])
    /// Names of connections that it has been told.
    private let known = Mutex<Set<String>>([])
    private static let interface = "tunnel"

    /// - Parameter inside: the interface's addresses, with lengths.
    package init(
        in namespace: Namespace, _ label: String, _ lab: Lab, inside: [String], environment: [String: String] = [:]
    ) async throws {
        self.namespace = namespace
        self.lab = lab
        self.label = label
        self.inside = inside
        self.environment = environment.merging(["LOG_LEVEL": "debug"]) { given, _ in given }
        // Interfaces have one, whether they have peers by WireGuard or not.
        privateKey = try KeyPair(lab).privateKey
        try await start()
    }

    package var log: String { running.withLock { $0 }.map(\.daemon.log).joined(separator: "\n") }

    package func start() async throws {
        let socket = try await ControlSocket(in: namespace, label, lab, environment: environment)
        running.withLock { $0.append(socket) }
        known.withLock { $0 = [] }
        var device = WireInterfaceSpec()
        device.name = Self.interface
        device.domain = "acme/office"
        device.mtu = 1400
        device.privateKey = Data(base64Encoded: privateKey) ?? Data()
        let addresses = try inside.map { text in
            var address = WireInterfacePrefix()
            address.interface = Self.interface
            address.prefix = try WirePrefix(text: text)
            return WireOperation.OneOf_Op.addAddress(address)
        }
        try await socket.apply([.putInterface(device)] + addresses)
    }

    package func kill() async throws {
        let daemon = try socket.daemon
        daemon.signal(SIGKILL)
        try await daemon.waitForExit()
    }

    package func configure(_ connections: [String: IPsecSettings]) async throws {
        let gone = known.withLock { known in
            defer { known = Set(connections.keys) }
            return known.subtracting(connections.keys)
        }
        var operations: [WireOperation.OneOf_Op] = gone.sorted().map { name in
            var peer = WireIPsecPeerName()
            peer.interface = Self.interface
            peer.name = name
            return .deleteIpsecPeer(peer)
        }
        for (name, settings) in connections.sorted(by: { $0.key < $1.key }) {
            if let identity = try identity(settings) { operations.append(.putIpsecIdentity(identity)) }
            for prefix in settings.remote.prefixes {
                var route = WireInterfacePrefix()
                route.interface = Self.interface
                route.prefix = try WirePrefix(text: prefix)
                operations.append(.addRoute(route))
            }
            operations.append(.putIpsecPeer(try peer(name, settings)))
        }
        try await socket.apply(operations)
    }

    /// Replaces the policy: nothing is let in but what is said here.
    package func letIn(tcpPorts: ClosedRange<Int>, ping: Bool) async throws {
        var everybody = WireAddressSet()
        everybody.name = "everybody"
        everybody.prefixes = [try WirePrefix(text: "0.0.0.0/0")]
        var rule = WireFilterRule()
        rule.name = "policy/rule"
        rule.action = .allow
        (rule.from, rule.to) = ([everybody.name], [everybody.name])
        var ports = WirePortMatch()
        ports.protocol = 6
        (ports.firstPort, ports.lastPort) = (UInt32(tcpPorts.lowerBound), UInt32(tcpPorts.upperBound))
        rule.ports = [ports]
        if ping {
            var echo = WirePortMatch()
            echo.protocol = 1
            rule.ports.append(echo)
        }
        var filter = WireInterfaceFilter()
        filter.interface = Self.interface
        (filter.filter.sets, filter.filter.rules) = ([everybody], [rule])
        try await socket.apply([.putFilter(filter)])
    }

    package func associations() async throws -> [IPsecAssociation] {
        try await socket.state().interfaces.flatMap(\.ipsecPeers).flatMap { peer in
            peer.ikeSas.map { IPsecAssociation(connection: peer.spec.name, $0) }
        }
    }

    private var socket: ControlSocket {
        get throws {
            guard let last = running.withLock({ $0.last }) else { throw LabError("cvland was not started") }
            return last
        }
    }

    private func identity(_ settings: IPsecSettings) throws -> WireIPsecIdentity? {
        guard case .certificate(let certificate, let intermediates) = settings.local.proof else { return nil }
        var identity = WireIPsecIdentity()
        identity.interface = Self.interface
        identity.certificates = try ([certificate] + intermediates).map { Data(try $0.bytes(lab)) }
        identity.privateKey = Data(try certificate.keyBytes(lab))
        identity.trustAnchors = try settings.authorities.map { Data(try $0.bytes(lab)) }
        return identity
    }

    private func peer(_ name: String, _ settings: IPsecSettings) throws -> WireIPsecPeerSpec {
        var peer = WireIPsecPeerSpec()
        peer.interface = Self.interface
        peer.name = name
        peer.allowedIps = try settings.remote.prefixes.map { try WirePrefix(text: $0) }
        peer.local = try settings.local.prefixes.map { try WirePrefix(text: $0) }
        peer.endpoints = [settings.remote.address].compactMap { $0 }
        peer.start = settings.begins ? .atOnce : .answer
        peer.profile = settings.profile.rawValue
        peer.localIdentity = settings.local.identity
        peer.remoteIdentities = [settings.remote.identity]
        switch settings.remote.proof {
        case .secret(let secret): peer.presharedKey = Data(secret.utf8)
        case .certificate: break
        case .login(.password(let name, let password)):
            var user = WireIPsecUser()
            (user.name, user.password) = (name, password)
            peer.eap.users = [user]
        case .login(.certificate): peer.eap.tls = true
        }
        peer.ikeLifetimeSeconds = UInt32(settings.ikeLifetime ?? 0)
        peer.childLifetimeSeconds = UInt32(settings.childLifetime ?? 0)
        peer.dpdSeconds = UInt32(settings.livenessInterval ?? 0)
        peer.fragmentBytes = UInt32(settings.fragmentSize ?? 0)
        peer.requestAddresses = settings.asksForAddress
        if let pool = settings.pool { peer.pool.prefixes = [try WirePrefix(text: pool)] }
        return peer
    }
}

extension IPsecAssociation {
    fileprivate init(connection: String, _ state: WireIKESAState) {
        self.connection = connection
        initiatorSPI = state.initiatorSpi
        // It tells of those alone.
        isEstablished = true
        isInitiator = state.initiator
        remoteIdentity = state.remoteIdentity
        let endpoint = state.remoteEndpoint.split(separator: ":").map(String.init)
        remoteAddress = endpoint.dropLast().joined(separator: ":")
        remotePort = endpoint.last.flatMap { Int($0) } ?? 0
        suite = proposal(state.suite)
        children = state.children.filter(\.sending).map { child in
            Child(
                inboundSPI: child.inboundSpi, receivedBytes: Int(child.receivedBytes), sentBytes: Int(child.sentBytes),
                localPrefixes: child.localSelectors, remotePrefixes: child.remoteSelectors, suite: proposal(child.suite)
            )
        }
    }
}

/// A suite of cvland's as a proposal of swanctl.conf.
private func proposal(_ suite: String) -> String {
    let names = [
        "AES_GCM_16_256": "aes256gcm16", "AES_GCM_16_128": "aes128gcm16", "CHACHA20_POLY1305": "chacha20poly1305",
        "AES_CBC_256": "aes256", "AES_CBC_128": "aes128", "HMAC_SHA2_256_128": "sha256",
        "HMAC_SHA2_384_192": "sha384", "HMAC_SHA2_512_256": "sha512", "PRF_HMAC_SHA2_256": "prfsha256",
        "PRF_HMAC_SHA2_384": "prfsha384", "PRF_HMAC_SHA2_512": "prfsha512", "CURVE_25519": "x25519",
        "ECP_256": "ecp256", "ECP_384": "ecp384", "MODP_2048": "modp2048", "MODP_3072": "modp3072",
        "MODP_4096": "modp4096",
    ]
    return suite.split(separator: "/").filter { $0 != "NO_EXT_SEQ" }.map { names[String($0)] ?? String($0) }
        .joined(separator: "-")
}

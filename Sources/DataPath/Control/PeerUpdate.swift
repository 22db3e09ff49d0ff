internal import Addressing
internal import OpenSSL
internal import Tunneling
internal import WireFormat
internal import WireGuard

/// What a control operation does to one peer, checked.
struct PeerUpdate: Sendable {
    private let key: PublicKey
    /// `nil`: the peer is deleted.
    private let settings: Settings?

    private struct Settings: Sendable {
        let presharedKey: SecretKey?
        let allowedIPs: [IPPrefix]
        /// `nil`: the known one stays.
        let endpoint: Endpoint?
        let keepalive: UInt16
    }

    init(_ spec: WirePeerSpec) throws(EngineError) {
        guard !ApprovedMode.isOn else { throw .wireGuardNotApproved }
        guard let key = PublicKey(spec.publicKey) else { throw .invalid("the public key") }
        self.key = key
        let presharedKey = SecretKey(copying: spec.presharedKey)
        guard presharedKey != nil || spec.presharedKey.isEmpty else { throw .invalid("the preshared key") }
        let endpoint = Endpoint(spec.endpoint)
        guard endpoint != nil || spec.endpoint.isEmpty else { throw .invalid("the endpoint \"\(spec.endpoint)\"") }
        guard let keepalive = UInt16(exactly: spec.keepaliveSeconds) else { throw .invalid("the keepalive interval") }
        var allowedIPs: [IPPrefix] = []
        allowedIPs.reserveCapacity(spec.allowedIps.count)
        for wire in spec.allowedIps {
            guard let prefix = wire.prefix else { throw .invalid("a prefix of the allowed IPs") }
            allowedIPs.append(prefix.network)
        }
        settings = Settings(
            presharedKey: presharedKey, allowedIPs: allowedIPs, endpoint: endpoint, keepalive: keepalive)
    }

    init(deleting wire: WirePeerKey) throws(EngineError) {
        guard let key = PublicKey(wire.publicKey) else { throw .invalid("the public key") }
        self.key = key
        settings = nil
    }

    func apply(to device: Device, now: Instant) throws(EngineError) {
        guard let settings else {
            guard let peer = device.peer(for: key) else { throw .noSuchPeer }
            device.removePeer(peer)
            return
        }
        guard let peer = device.addPeer(key) else { throw .ownKey }
        device.setPresharedKey(settings.presharedKey, of: peer)
        device.replaceAllowedIPs(settings.allowedIPs, of: peer)
        if let endpoint = settings.endpoint { device.setEndpoint(endpoint, of: peer, now: now) }
        device.setPersistentKeepalive(settings.keepalive, of: peer, now: now)
    }
}

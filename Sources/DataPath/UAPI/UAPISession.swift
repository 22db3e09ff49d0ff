internal import OpenSSL
internal import PacketIO
internal import Tunneling
internal import WireGuard

/// The operations of one `set=1` request, carried out on an interface in the order they come, in any number of portions.
/// Belongs to the interface's worker while it works.
struct UAPISession: Sendable {
    /// Whom the lines speak of.
    private enum Subject: Sendable {
        case interface
        case peer(PeerID, isNew: Bool)
        /// A peer that shall not be there: what is said of it goes nowhere.
        case nobody
    }

    private var subject = Subject.interface

    mutating func apply(_ operation: UAPIOperation, to interface: TunnelInterface, now: Instant) throws {
        let device = interface.device
        switch operation {
        case .privateKey(let key): device.setPrivateKey(key, now: now)
        case .listenPort(let port): try interface.setPort(port, now: now)
        case .mark(let mark): try interface.setMark(mark)
        case .replacePeers: device.removeAllPeers()
        case .peer(let key):
            if let peer = device.peer(for: key) {
                subject = .peer(peer, isNew: false)
            } else if ApprovedMode.isOn {
                throw EngineError.wireGuardNotApproved
            } else if let peer = device.addPeer(key) {
                subject = .peer(peer, isNew: true)
            } else {
                subject = .nobody
            }
        default:
            guard case .peer(let peer, let isNew) = subject else { return }
            applyToPeer(operation, peer, isNew: isNew, device, now)
        }
    }

    private mutating func applyToPeer(
        _ operation: UAPIOperation, _ peer: PeerID, isNew: Bool, _ device: Device, _ now: Instant
    ) {
        switch operation {
        case .removePeer:
            device.removePeer(peer)
            subject = .nobody
        case .updateOnly:
            guard isNew else { return }
            device.removePeer(peer)
            subject = .nobody
        case .presharedKey(let key): device.setPresharedKey(key, of: peer)
        case .endpoint(let endpoint): device.setEndpoint(endpoint, of: peer, now: now)
        case .persistentKeepalive(let seconds): device.setPersistentKeepalive(seconds, of: peer, now: now)
        case .replaceAllowedIPs: device.removeAllowedIPs(of: peer)
        case .addAllowedIP(let prefix): device.addAllowedIP(prefix, to: peer)
        case .removeAllowedIP(let prefix): device.removeAllowedIP(prefix, from: peer)
        case .privateKey, .listenPort, .mark, .replacePeers, .peer: break
        }
    }
}

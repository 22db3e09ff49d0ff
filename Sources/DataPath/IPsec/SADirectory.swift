internal import IPsec
internal import Tunneling

/// What the IKE host's CHILD SAs are to the data path: which peer of which interface each is of, and what has gone through it.
/// Confined to the thread of IKE.
final class SADirectory {
    private struct Entry {
        let connection: ConnectionID
        let inbound: InboundSA
        let outbound: OutboundSA
        let peer: IPsecPeer
        /// As it was told to IKE last.
        var told = SAUsage()
        var lastHeard: Instant?
    }

    let table: SPITable
    /// By inbound SPI.
    private var entries: [UInt32: Entry] = [:]
    private var peers: [ConnectionID: (interface: UInt64, peer: IPsecPeer)] = [:]
    /// Peers to which packets may go that have waited.
    private var ready: [IPsecPeer] = []
    /// What went by SAs that are gone, of peers that are there.
    private var past: [ConnectionID: Traffic] = [:]

    init(table: SPITable) {
        self.table = table
    }

    // MARK: Peers

    func add(_ peer: IPsecPeer, interface: UInt64, _ id: ConnectionID) { peers[id] = (interface, peer) }

    func remove(_ id: ConnectionID) {
        peers[id] = nil
        past[id] = nil
    }

    // MARK: SAs

    /// Has packets of a new SA taken in, and sent by it if it says so. Returns false for keys that do not fit the suite, and for a
    /// peer that is gone.
    func add(_ child: ChildSA) -> Bool {
        guard let (interface, peer) = peers[child.connection] else { return false }
        let path = Path(child.path)
        guard
            let inbound = InboundSA(
                spi: child.inboundSPI, interface: interface, peer: peer.number, suite: child.suite,
                keys: child.inboundKeys, selectors: SelectorPair(source: child.remote, destination: child.local),
                path: path),
            let outbound = OutboundSA(
                spi: child.outboundSPI, inboundSPI: child.inboundSPI, suite: child.suite, keys: child.outboundKeys,
                selectors: SelectorPair(source: child.local, destination: child.remote), path: path)
        else { return false }
        entries[child.inboundSPI] = Entry(
            connection: child.connection, inbound: inbound, outbound: outbound, peer: peer)
        table.insert(inbound)
        if child.sendsAtOnce {
            peer.add(outbound)
            ready.append(peer)
        }
        return true
    }

    /// Has packets go that waited for the SAs that are new. To be called when IKE has sent what makes peers know them.
    func releaseWaiting() {
        for peer in ready { peer.release() }
        ready.removeAll(keepingCapacity: true)
    }

    /// Forgets packets that have waited since then or longer. Returns whether others wait.
    func forgetWaiting(since limit: Instant) -> Bool {
        peers.values.reduce(false) { $1.peer.forgetWaiting(since: limit) || $0 }
    }

    /// Packets go out by it from now on.
    func send(by spi: UInt32) {
        guard let entry = entries[spi] else { return }
        entry.peer.add(entry.outbound)
        ready.append(entry.peer)
    }

    /// Nothing goes out by it any more.
    func retire(_ spi: UInt32) { entries[spi]?.peer.remove(inboundSPI: spi) }

    func remove(_ spi: UInt32) {
        guard let entry = entries.removeValue(forKey: spi) else { return }
        table.remove(spi)
        entry.peer.remove(inboundSPI: spi)
        guard peers[entry.connection] != nil else { return }
        past[entry.connection, default: Traffic()].add(entry.inbound, entry.outbound)
    }

    func setPath(_ path: IKEPath, of spis: [UInt32]) {
        for entry in spis.lazy.compactMap({ self.entries[$0] }) {
            entry.outbound.path = Path(path)
            entry.inbound.setPath(Path(path))
        }
    }

    // MARK: Use

    /// What IKE is to know of an SA: what has gone through it since the last time, and when the peer was heard.
    struct News {
        let spi: UInt32
        let use: SAUsage
        let heard: Instant?
    }

    /// Of SAs by which something has gone or come since the last time.
    func takeNews() -> [News] {
        var news: [News] = []
        for (spi, entry) in entries {
            let (sent, received) = (entry.outbound.usage, entry.inbound.usage)
            let now = SAUsage(packets: sent.packets + received.packets, bytes: sent.bytes + received.bytes)
            let heard = entry.inbound.lastHeard
            guard now != entry.told || heard != entry.lastHeard else { continue }
            let use = SAUsage(packets: now.packets - entry.told.packets, bytes: now.bytes - entry.told.bytes)
            news.append(News(spi: spi, use: use, heard: heard == entry.lastHeard ? nil : heard))
            entries[spi]?.told = now
            entries[spi]?.lastHeard = heard
        }
        return news
    }

    /// What has come and gone, in packets and bytes of what is inside.
    struct Traffic: Sendable {
        var received = SAUsage()
        var sent = SAUsage()

        fileprivate mutating func add(_ inbound: InboundSA, _ outbound: OutboundSA) {
            received += inbound.usage
            sent += outbound.usage
        }
    }

    /// By inbound SPI, of the SAs that there are.
    var traffic: [UInt32: Traffic] {
        entries.mapValues { Traffic(received: $0.inbound.usage, sent: $0.outbound.usage) }
    }

    /// By connection, of all SAs that there have been.
    var totals: [ConnectionID: Traffic] {
        var totals = past
        for entry in entries.values { totals[entry.connection, default: Traffic()].add(entry.inbound, entry.outbound) }
        return totals
    }

    func forgetSources(where isGone: (LocalSource) -> Bool) {
        for entry in entries.values { entry.outbound.forgetSource(where: isGone) }
    }
}

extension SAUsage {
    fileprivate static func += (sum: inout SAUsage, other: SAUsage) {
        sum.packets &+= other.packets
        sum.bytes &+= other.bytes
    }
}

extension Path {
    init(_ path: IKEPath) { self.init(endpoint: path.remote, source: path.source) }
}

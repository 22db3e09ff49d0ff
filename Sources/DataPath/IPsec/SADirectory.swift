internal import IPsec
internal import Tunneling

/// What the IKE host's CHILD SAs are to the data path: which peer of which interface each is of, and what has gone through it.
/// Confined to the thread of IKE.
final class SADirectory {
    private struct Entry {
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

    init(table: SPITable) {
        self.table = table
    }

    // MARK: Peers

    func add(_ peer: IPsecPeer, interface: UInt64, _ id: ConnectionID) { peers[id] = (interface, peer) }

    func remove(_ id: ConnectionID) { peers[id] = nil }

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
        entries[child.inboundSPI] = Entry(inbound: inbound, outbound: outbound, peer: peer)
        table.insert(inbound)
        if child.sendsAtOnce { peer.add(outbound) }
        return true
    }

    /// Packets go out by it from now on.
    func send(by spi: UInt32) {
        guard let entry = entries[spi] else { return }
        entry.peer.remove(inboundSPI: spi)
        entry.peer.add(entry.outbound)
    }

    /// Nothing goes out by it any more.
    func retire(_ spi: UInt32) { entries[spi]?.peer.remove(inboundSPI: spi) }

    func remove(_ spi: UInt32) {
        guard let entry = entries.removeValue(forKey: spi) else { return }
        table.remove(spi)
        entry.peer.remove(inboundSPI: spi)
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

    /// What has gone in and out, by inbound SPI.
    var usage: [UInt32: (received: SAUsage, sent: SAUsage)] {
        entries.mapValues { ($0.inbound.usage, $0.outbound.usage) }
    }

    func forgetSources(where isGone: (LocalSource) -> Bool) {
        for entry in entries.values { entry.outbound.forgetSource(where: isGone) }
    }
}

extension Path {
    init(_ path: IKEPath) { self.init(endpoint: path.remote, source: path.source) }
}

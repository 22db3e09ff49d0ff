package import Tunneling

/// What the data path tells of ESP.
extension IKEHost {
    /// Genuine packets have come in by an SA: its peer is there, and has our answer to what made it (RFC 7296 §2.4, §2.8).
    package func noteInbound(_ spi: UInt32, at instant: Instant, now: Instant) {
        defer { settle(now: now) }
        guard let session = inbound[spi] else { return }
        session.lastInbound = max(session.lastInbound, instant)
        if !session.isClosed { switchOutbound(to: spi, session) }
    }

    /// So many packets and bytes, of both directions, since the last report.
    package func noteUse(_ spi: UInt32, packets: UInt64, bytes: UInt64, now: Instant) {
        defer { settle(now: now) }
        guard let session = inbound[spi], let index = session.index(ofInbound: spi) else { return }
        session.children[index].traffic.packets &+= packets
        session.children[index].traffic.bytes &+= bytes
        let child = session.children[index]
        let lifetimes = session.connection.lifetimes
        let isWorn =
            child.traffic.packets >= lifetimes.packetLimit(usesESN: child.suite.usesESN) / 10 * 9
            || lifetimes.childBytes.map { child.traffic.bytes >= $0 / 10 * 9 } ?? false
        guard isWorn, child.state == .live, child.rekeyAt > now, child.rekeyAt != .never else { return }
        session.children[index].rekeyAt = now
        touch(session)
    }

    /// Genuine packets have come from elsewhere than before (RFC 7296 §2.23).
    package func moved(_ spi: UInt32, to path: IKEPath, now: Instant) {
        defer { settle(now: now) }
        guard let session = inbound[spi], !session.isClosed, session.abilities.isBehindNAT.theirs else { return }
        setPath(path, of: session)
    }
}

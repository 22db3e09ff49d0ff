internal import PacketIO
package import Tunneling
internal import WireGuard

// Following the kernel's idea of the interface.
extension TunnelInterface {
    private static let linkCheckInterval = Instant.Span.seconds(1)

    /// The kernel told of the link's state, in this namespace.
    package func linkChanged(isUp up: Bool, mtu: Int, now: Instant) {
        device.mtu = mtu
        setUp(up, now: now)
        nextLinkCheck = nil
        watchTUN()
    }

    /// The interface has been moved to another namespace, from which no news of it comes.
    func movedAway(now: Instant) {
        checkLink(now: now)
    }

    /// Asks the device itself.
    func checkLink(now: Instant) {
        do {
            let up = try tun.isUp()
            let isHere = tun.isInThisNamespace
            if isHere, let mtu = try? tun.mtu() { device.mtu = mtu }
            setUp(up, now: now)
            // While it is down, the descriptor becomes writable when it goes up; of going down nothing tells.
            nextLinkCheck = up && !isHere ? now + Self.linkCheckInterval : nil
            watchTUN()
        } catch {
            if error.isDeviceGone { declareGone() }
        }
    }

    private func watchTUN() {
        // That a device which is up can be written to is no news, and would wake the worker without end.
        try? poller.change(tun.descriptor, token: TunnelLane.token(id, .tun), readable: true, writable: !isUp)
    }

    private func setUp(_ up: Bool, now: Instant) {
        guard up != isUp else { return }
        isUp = up
        guard up else {
            device.goDown()
            closeSockets()
            notify(.down)
            return
        }
        do {
            try openSockets(port: configuredPort, now: now)
            flushOutbox()
            notify(.up(port: port))
        } catch {
            notify(.portFailed(error))
        }
    }

    // MARK: Sockets

    /// Opens the UDP port in place of the one that is open, if any.
    func openSockets(port: UInt16, now: Instant) throws(IOError) {
        let opened = try UDPSockets.share(port: port, among: links.count, mark: mark)
        let wereOpen = !sockets.isEmpty
        forgetSockets()
        // From one to the other at once, so that no packet finds none.
        sockets = opened
        setLanes()
        device.forgetSources { _ in true }
        device.goUp(now: now)
        for (link, sockets) in zip(links, sockets) {
            if let v4 = sockets.v4 { try link.poller.add(v4, token: TunnelLane.token(id, .udp4)) }
            if let v6 = sockets.v6 { try link.poller.add(v6, token: TunnelLane.token(id, .udp6)) }
        }
        guard !wereOpen else { return }
        // Other lanes take the kernel's packets only while they can send them; until then these wait.
        for link in links.dropFirst() { try link.poller.add(link.tun.descriptor, token: TunnelLane.token(id, .tun)) }
    }

    func closeSockets() {
        guard !sockets.isEmpty else { return }
        forgetSockets()
        for link in links.dropFirst() { link.poller.remove(link.tun.descriptor) }
        sockets = []
        setLanes()
    }

    private func forgetSockets() {
        for (link, sockets) in zip(links, sockets) {
            for descriptor in [sockets.v4, sockets.v6] {
                if let descriptor { link.poller.remove(descriptor) }
            }
        }
    }
}

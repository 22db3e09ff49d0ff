internal import Addressing
internal import Forwarding
internal import PacketIO
internal import WireGuard

// An interface's MTU may be longer than what a datagram carries, which depends on the way to the peer.
extension TunnelInterface {
    /// What fits a datagram on any way, whatever its padding.
    private static let alwaysFits = longestPacket(.v4)

    private static func longestPacket(_ family: IPFamily) -> Int {
        UDPSockets.longestDatagram(family) - Device.headroom - Device.tailroom
    }

    /// Whether packets of `count` bytes go to a peer in one datagram. If not, the packet's sender is told, and all is done.
    ///
    /// - Parameters:
    ///   - packet: all of it, or a large one that would be cut into packets of `count` bytes.
    ///   - sender: `nil`: this machine.
    @inline(__always)
    func fits(
        _ packet: UnsafeMutableRawBufferPointer, count: Int, for peer: PeerID, from sender: PeerID? = nil, now: Instant
    ) -> Bool {
        count <= Self.alwaysFits || fitsWay(packet, count: count, for: peer, from: sender, now: now)
    }

    @inline(never)
    private func fitsWay(
        _ packet: UnsafeMutableRawBufferPointer, count: Int, for peer: PeerID, from sender: PeerID?, now: Instant
    ) -> Bool {
        // Without a way it comes to nothing anyway, and is counted there.
        guard let path = device.path(of: peer) else { return true }
        let longest = Self.longestPacket(path.endpoint.address.family)
        guard count > longest else { return true }
        dropInvalid(1)
        guard answerLimit.take(at: now.wholeSeconds) else { return false }
        withUnsafeTemporaryAllocation(byteCount: PacketTooBig.maximumCount, alignment: 8) { room in
            let packet = UnsafeRawBufferPointer(packet)
            guard let count = PacketTooBig.answer(to: packet, mtu: longest, into: room) else { return }
            answer(UnsafeMutableRawBufferPointer(rebasing: room[..<count]), to: sender, now: now)
        }
        return false
    }

    private func answer(_ answer: UnsafeMutableRawBufferPointer, to sender: PeerID?, now: Instant) {
        guard let sender else {
            _ = tun.write(answer)
            return
        }
        if !lane.hasRoom { transmit() }
        let copy = UnsafeMutableRawBufferPointer(start: lane.next, count: answer.count)
        copy.copyMemory(from: UnsafeRawBufferPointer(answer))
        seal(copy, for: sender, now: now) { lane.take($0) }
    }
}

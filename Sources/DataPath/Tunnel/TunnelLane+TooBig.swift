internal import Addressing
internal import Forwarding
internal import IPsec
internal import PacketIO
internal import WireGuard

// An interface's MTU may be longer than what a datagram carries, which depends on the way to the peer.
extension TunnelLane {
    /// What fits a datagram on any way, whatever its protocol and padding.
    private static let alwaysFits =
        UDPSockets.longestDatagram(.v4) - ESPFormat.maximumHeadroom - ESPFormat.maximumTailroom

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
        _ packet: UnsafeMutableRawBufferPointer, count: Int, for peer: TunnelPeer, from sender: TunnelPeer? = nil
    ) -> Bool {
        count <= Self.alwaysFits || fitsWay(packet, count: count, for: peer, from: sender)
    }

    @inline(never)
    private func fitsWay(
        _ packet: UnsafeMutableRawBufferPointer, count: Int, for peer: TunnelPeer, from sender: TunnelPeer?
    ) -> Bool {
        // Without a way it comes to nothing anyway, and is counted there.
        guard let longest = longestPacket(to: peer), count > longest else { return true }
        dropInvalid(1)
        guard answerLimit.take(at: now.wholeSeconds) else { return false }
        withUnsafeTemporaryAllocation(byteCount: PacketTooBig.maximumCount, alignment: 8) { room in
            let packet = UnsafeRawBufferPointer(packet)
            guard let count = PacketTooBig.answer(to: packet, mtu: longest, into: room) else { return }
            answer(UnsafeMutableRawBufferPointer(rebasing: room[..<count]), to: sender)
        }
        return false
    }

    private func longestPacket(to peer: TunnelPeer) -> Int? {
        switch peer {
        case .wireGuard(let id): data.path(of: id).map { Self.longestPacket($0.endpoint.address.family) }
        case .ipsec(let number): longestESPPacket(to: number)
        }
    }

    private func answer(_ answer: UnsafeMutableRawBufferPointer, to sender: TunnelPeer?) {
        guard let sender else {
            _ = tun.write(answer)
            return
        }
        if !bench.hasRoom { transmit() }
        let copy = UnsafeMutableRawBufferPointer(start: bench.next, count: answer.count)
        copy.copyMemory(from: UnsafeRawBufferPointer(answer))
        seal(copy, in: .arena, for: sender)
    }
}

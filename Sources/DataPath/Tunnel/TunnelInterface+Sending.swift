internal import PacketIO
internal import WireGuard

extension TunnelInterface {
    /// Encrypts what waits for it, and sends it. What was to leave from an address that is gone goes again from whatever
    /// address the kernel takes.
    func transmit() {
        lane.sealer.sealAll()
        defer { lane.removeAll() }
        guard !lane.queue.isEmpty, let sockets else { return }
        if !sockets.send(lane.queue) {
            let gone = lane.queue.giveUpSources()
            for local in gone {
                let source = LocalSource(address: local.address, interface: local.interface)
                device.forgetSources { $0 == source }
            }
            if !gone.isEmpty { _ = sockets.send(lane.queue) }
        }
        while let refusal = sockets.takeRefusal() { notify(.segmentationRefused(refusal)) }
    }

    /// Sends what the WireGuard device made on its own.
    func flushOutbox() {
        guard !device.isOutboxEmpty else { return }
        for (index, datagram) in device.takeOutbox().enumerated() where sockets != nil {
            if !lane.hasRoom { transmit() }
            let start = lane.next - Device.headroom
            datagram.bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress, bytes.count <= TUNDevice.longestPacket else { return }
                start.copyMemory(from: base, byteCount: bytes.count)
                lane.take(bytes.count)
                let local = datagram.path.source.map { LocalAddress($0.address, interface: $0.interface) }
                // A tag for each, which no peer has: they are few, and of many receivers.
                lane.queue.append(
                    start, count: bytes.count, to: datagram.path.endpoint, from: local, tag: .max - UInt64(index))
            }
        }
        transmit()
    }
}

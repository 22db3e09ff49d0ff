internal import PacketIO
internal import Tunneling
internal import WireGuard

extension TunnelLane {
    /// Encrypts what waits for it, and sends it, after what the WireGuard device made on its own: packets that have waited for a
    /// session may be among that.
    func transmit() {
        closeRun()
        bench.sealer.sealAll()
        if let esp = bench.esp { transmitESP(esp) }
        defer { bench.removeAll() }
        let outbox = data.takeOutbox()
        guard let sockets = settings.sockets else { return }
        if !outbox.isEmpty { send(outbox, by: sockets) }
        send(bench.queue, by: sockets, forget: data.forget)
        while let refusal = sockets.takeRefusal() { notify(.segmentationRefused(refusal)) }
    }

    private func send(_ outbox: [Outgoing], by sockets: UDPSockets) {
        let (memory, queue) = (bench.outboxMemory, bench.outboxQueue)
        var used = 0
        let sendAll = {
            self.send(queue, by: sockets, forget: self.data.forget)
            queue.removeAll()
            used = 0
        }
        for (index, datagram) in outbox.enumerated() where datagram.bytes.count <= memory.count {
            let count = datagram.bytes.count
            if queue.isFull || used + count > memory.count { sendAll() }
            let start = memory.base + used
            datagram.bytes.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress { start.copyMemory(from: base, byteCount: count) }
            }
            used += count
            let path = datagram.path
            // A tag for each: they are few, and of many receivers.
            queue.append(start, count: count, to: path.endpoint, from: path.localAddress, tag: UInt64(index))
        }
        sendAll()
    }

    /// What was to leave from an address that is gone goes again from whatever address the kernel takes.
    func send(_ queue: DatagramQueue, by sockets: UDPSockets, forget: (LocalSource) -> Void) {
        guard !queue.isEmpty, !sockets.send(queue) else { return }
        let gone = queue.giveUpSources()
        for local in gone { forget(LocalSource(address: local.address, interface: local.interface)) }
        if !gone.isEmpty { _ = sockets.send(queue) }
    }
}

extension Path {
    var localAddress: LocalAddress? { source.map { LocalAddress($0.address, interface: $0.interface) } }
}

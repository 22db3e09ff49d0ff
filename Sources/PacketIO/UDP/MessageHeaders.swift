internal import Addressing
internal import CLinux
internal import Glibc

/// What `recvmmsg` and `sendmmsg` want for each datagram: header, address, one vector, and control data that carries the
/// local address. Made once per batch; preparing an entry writes it in place.
final class MessageHeaders {
    /// To be handed to the kernel. Belongs to the batch's thread, as the rest.
    let headers: UnsafeMutablePointer<clinux_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let addresses: UnsafeMutablePointer<SocketAddress>
    private let controls: UnsafeMutableRawPointer
    /// For sending: which packet of the batch an entry stands for.
    let packetIndices: UnsafeMutablePointer<Int>
    private static let controlSize = clinux_cmsg_space(MemoryLayout<clinux_pktinfo6>.size)

    init(capacity: Int) {
        headers = .allocate(capacity: capacity)
        headers.initialize(repeating: clinux_mmsghdr(), count: capacity)
        vectors = .allocate(capacity: capacity)
        vectors.initialize(repeating: iovec(), count: capacity)
        addresses = .allocate(capacity: capacity)
        addresses.initialize(repeating: SocketAddress(), count: capacity)
        packetIndices = .allocate(capacity: capacity)
        packetIndices.initialize(repeating: 0, count: capacity)
        controls = .allocate(byteCount: capacity * Self.controlSize, alignment: 16)
        controls.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * Self.controlSize)
    }

    deinit {
        headers.deallocate()
        vectors.deallocate()
        addresses.deallocate()
        packetIndices.deallocate()
        controls.deallocate()
    }

    func prepareToReceive(_ index: Int, _ target: UnsafeMutableRawBufferPointer) {
        prepare(index, target, controlLength: Self.controlSize, addressLength: MemoryLayout<SocketAddress>.size)
    }

    /// Reads what the kernel said about a received datagram.
    func finishReceive(_ index: Int, _ packet: inout Packet) {
        let truncated = headers[index].header.msg_flags & Int32(MSG_TRUNC) != 0
        packet.buffer.setCount(truncated ? 0 : min(Int(headers[index].length), packet.buffer.writable.count))
        packet.remote = addresses[index].endpoint
        packet.local = nil
        var control = clinux_cmsg_first(&headers[index].header)
        while let current = control {
            let data = UnsafeRawPointer(clinux_cmsg_data(current))
            switch (current.pointee.cmsg_level, current.pointee.cmsg_type) {
            case (Int32(IPPROTO_IP), clinux_ip_pktinfo):
                guard let info = data?.loadUnaligned(as: clinux_pktinfo4.self) else { break }
                packet.local = LocalAddress(
                    // The address that routing answered with: the destination, or for broadcasts the interface's own.
                    IPAddress(v4: UInt32(bigEndian: info.source)), interface: info.interface)
            case (Int32(IPPROTO_IPV6), clinux_ipv6_pktinfo):
                guard let data else { break }
                let address = UInt128(bigEndian: data.loadUnaligned(as: UInt128.self))
                let interface = data.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
                packet.local = LocalAddress(IPAddress(v6: address), interface: interface)
            default: break
            }
            control = clinux_cmsg_next(&headers[index].header, current)
        }
    }

    /// The packet must have a `remote`.
    func prepareToSend(_ index: Int, _ packet: Packet, to remote: Endpoint) {
        addresses[index] = SocketAddress(remote)
        let controlLength: Int
        let control = controls + index * Self.controlSize
        // Naming an interface pins the route to it: where replies leave by another one, they would be lost.
        let named = packet.local.map { $0.address.isLinkLocal || remote.address.isLinkLocal ? $0.interface : 0 } ?? 0
        switch packet.local {
        case .some(let local) where local.address.family == .v4 && remote.address.family == .v4:
            let source = UInt32(truncatingIfNeeded: local.address.value).bigEndian
            let info = clinux_pktinfo4(interface: named, source: source, destination: 0)
            controlLength = Self.write(info, to: control, level: Int32(IPPROTO_IP), type: clinux_ip_pktinfo)
        case .some(let local) where local.address.family == .v6 && remote.address.family == .v6:
            var info = clinux_pktinfo6()
            info.interface = named
            withUnsafeMutableBytes(of: &info.address) {
                $0.storeBytes(of: local.address.value.bigEndian, as: UInt128.self)
            }
            controlLength = Self.write(info, to: control, level: Int32(IPPROTO_IPV6), type: clinux_ipv6_pktinfo)
        default:
            controlLength = 0
        }
        prepare(index, packet.buffer.bytes, controlLength: controlLength, addressLength: Int(addresses[index].length))
    }

    private func prepare(
        _ index: Int, _ bytes: UnsafeMutableRawBufferPointer, controlLength: Int, addressLength: Int
    ) {
        vectors[index] = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
        var header = msghdr()
        header.msg_name = UnsafeMutableRawPointer(addresses + index)
        header.msg_namelen = socklen_t(addressLength)
        header.msg_iov = vectors + index
        header.msg_iovlen = 1
        header.msg_control = controlLength > 0 ? controls + index * Self.controlSize : nil
        header.msg_controllen = controlLength
        headers[index] = clinux_mmsghdr(header: header, length: 0)
    }

    private static func write<T>(_ value: T, to control: UnsafeMutableRawPointer, level: Int32, type: Int32) -> Int {
        let size = MemoryLayout<T>.size
        let header = control.assumingMemoryBound(to: cmsghdr.self)
        header.pointee.cmsg_len = clinux_cmsg_len(size)
        header.pointee.cmsg_level = level
        header.pointee.cmsg_type = type
        clinux_cmsg_data(header)?.storeBytes(of: value, as: T.self)
        return clinux_cmsg_space(size)
    }
}

internal import Addressing
internal import CLinux
internal import Glibc

/// What `sendmmsg` wants for each message: header, address, one vector, and control data with the local address and the
/// size of segments. Made once; preparing an entry writes it in place.
final class SendHeaders {
    let capacity: Int
    let headers: UnsafeMutablePointer<clinux_mmsghdr>
    /// Which entry of the queue a message belongs to.
    let entryIndices: UnsafeMutablePointer<Int>
    private let vectors: UnsafeMutablePointer<iovec>
    private let addresses: UnsafeMutablePointer<SocketAddress>
    private let controls: UnsafeMutableRawPointer
    private static let controlSize =
        clinux_cmsg_space(MemoryLayout<clinux_pktinfo6>.size)
        + clinux_cmsg_space(MemoryLayout<UInt16>.size)

    init(capacity: Int) {
        self.capacity = capacity
        headers = .allocate(capacity: capacity)
        headers.initialize(repeating: clinux_mmsghdr(), count: capacity)
        vectors = .allocate(capacity: capacity)
        vectors.initialize(repeating: iovec(), count: capacity)
        addresses = .allocate(capacity: capacity)
        addresses.initialize(repeating: SocketAddress(), count: capacity)
        entryIndices = .allocate(capacity: capacity)
        entryIndices.initialize(repeating: 0, count: capacity)
        controls = .allocate(byteCount: capacity * Self.controlSize, alignment: 16)
        controls.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * Self.controlSize)
    }

    deinit {
        headers.deallocate()
        vectors.deallocate()
        addresses.deallocate()
        entryIndices.deallocate()
        controls.deallocate()
    }

    /// Message `index` carries `bytes` of entry `entryIndex`; with `segmentSize`, as that many datagrams as it takes.
    func prepare(
        _ index: Int, _ entryIndex: Int, _ entry: DatagramQueue.Entry, bytes: Range<Int>, segmentSize: Int?
    ) {
        entryIndices[index] = entryIndex
        addresses[index] = SocketAddress(entry.remote)
        vectors[index] = iovec(iov_base: entry.start + bytes.lowerBound, iov_len: bytes.count)
        let control = controls + index * Self.controlSize
        var controlLength = Self.writeSource(entry.local, to: entry.remote, control)
        if let segmentSize {
            controlLength += Self.write(
                UInt16(truncatingIfNeeded: segmentSize), to: control + controlLength, level: Int32(IPPROTO_UDP),
                type: clinux_udp_segment)
        }
        headers[index].header.msg_name = UnsafeMutableRawPointer(addresses + index)
        headers[index].header.msg_namelen = addresses[index].length
        headers[index].header.msg_iov = vectors + index
        headers[index].header.msg_iovlen = 1
        headers[index].header.msg_control = controlLength > 0 ? control : nil
        headers[index].header.msg_controllen = controlLength
        headers[index].header.msg_flags = 0
    }

    private static func writeSource(
        _ local: LocalAddress?, to remote: Endpoint, _ control: UnsafeMutableRawPointer
    ) -> Int {
        guard let local, local.address.family == remote.address.family else { return 0 }
        // Naming an interface pins the route to it: where replies leave by another one, they would be lost.
        let interface = local.address.isLinkLocal || remote.address.isLinkLocal ? local.interface : 0
        switch local.address.family {
        case .v4:
            let source = UInt32(truncatingIfNeeded: local.address.value).bigEndian
            let info = clinux_pktinfo4(interface: interface, source: source, destination: 0)
            return write(info, to: control, level: Int32(IPPROTO_IP), type: clinux_ip_pktinfo)
        case .v6:
            var info = clinux_pktinfo6()
            info.interface = interface
            withUnsafeMutableBytes(of: &info.address) {
                $0.storeBytes(of: local.address.value.bigEndian, as: UInt128.self)
            }
            return write(info, to: control, level: Int32(IPPROTO_IPV6), type: clinux_ipv6_pktinfo)
        }
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

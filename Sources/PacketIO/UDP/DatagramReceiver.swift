package import Addressing
internal import CLinux
internal import Glibc

/// Takes datagrams from sockets, many in one call. Where the kernel merges datagrams of one sender (UDP GRO), a message is
/// up to 64 of them in one piece.
///
/// Belongs to one thread. What was received stays valid, and may be written to, until the next `receive`.
package final class DatagramReceiver {
    /// A message may be as long as a datagram can be.
    private static let slotSize = 65_536
    /// Slots begin at different offsets in the caches, which would hold few of them otherwise: an odd number of lines apart.
    private static let stride = slotSize + 25 * 64
    /// Messages in one call.
    private static let capacity = 64
    /// As many merged messages as still fit a core's cache together.
    private static let fewMessages = 3
    private static let controlSize =
        clinux_cmsg_space(MemoryLayout<clinux_pktinfo6>.size)
        + clinux_cmsg_space(MemoryLayout<Int32>.size)

    private let memory: PacketMemory
    private let headers: UnsafeMutablePointer<clinux_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let addresses: UnsafeMutablePointer<SocketAddress>
    private let controls: UnsafeMutableRawPointer
    /// Whether the last messages were merged ones.
    private var cameMerged = false
    /// How many messages the last call brought.
    package private(set) var count = 0

    /// Datagrams of one sender to one address of ours.
    package struct Message {
        /// One datagram after the other. Empty when the kernel had to cut it.
        package let bytes: UnsafeMutableRawBufferPointer
        /// Length of each datagram but the last, which may be shorter.
        package let segmentSize: Int
        package let remote: Endpoint
        package let local: LocalAddress?
    }

    package init() throws(IOError) {
        memory = try PacketMemory(count: Self.capacity * Self.stride)
        headers = .allocate(capacity: Self.capacity)
        headers.initialize(repeating: clinux_mmsghdr(), count: Self.capacity)
        vectors = .allocate(capacity: Self.capacity)
        vectors.initialize(repeating: iovec(), count: Self.capacity)
        addresses = .allocate(capacity: Self.capacity)
        addresses.initialize(repeating: SocketAddress(), count: Self.capacity)
        controls = .allocate(byteCount: Self.capacity * Self.controlSize, alignment: 16)
        controls.initializeMemory(as: UInt8.self, repeating: 0, count: Self.capacity * Self.controlSize)
        for index in 0..<Self.capacity {
            vectors[index] = iovec(iov_base: memory.base + index * Self.stride, iov_len: Self.slotSize)
            headers[index].header.msg_name = UnsafeMutableRawPointer(addresses + index)
            headers[index].header.msg_iov = vectors + index
            headers[index].header.msg_iovlen = 1
            headers[index].header.msg_control = controls + index * Self.controlSize
        }
    }

    deinit {
        headers.deallocate()
        vectors.deallocate()
        addresses.deallocate()
        controls.deallocate()
    }

    /// Replaces what was received by messages that wait on the family's socket; returns how many, 0 when none does.
    /// `mayHaveMore` tells whether to ask again before waiting.
    package func receive(_ family: IPFamily, from sockets: UDPSockets) throws(IOError) -> Int {
        count = 0
        guard let descriptor = sockets.descriptor(family) else { return 0 }
        let room = cameMerged ? Self.fewMessages : Self.capacity
        for index in 0..<room {
            headers[index].header.msg_namelen = socklen_t(MemoryLayout<SocketAddress>.size)
            headers[index].header.msg_controllen = Self.controlSize
        }
        var received: Int32
        repeat {
            received = clinux_recvmmsg(descriptor.number, headers, UInt32(room), Int32(MSG_DONTWAIT))
        } while received < 0 && (errno == EINTR || UDPSockets.isQueuedError(errno))
        guard received >= 0 else {
            mayHaveMore = false
            if errno == EAGAIN { return 0 }
            throw IOError(errnoOf: "recvmmsg")
        }
        count = Int(received)
        mayHaveMore = count == room
        cameMerged = (0..<count).contains { headers[$0].length > 4 * 1_500 }
        return count
    }

    package private(set) var mayHaveMore = false

    /// `nil` for a sender of no family that we know.
    package subscript(index: Int) -> Message? {
        precondition(index >= 0 && index < count)
        guard let remote = addresses[index].endpoint else { return nil }
        let isCut = headers[index].header.msg_flags & Int32(MSG_TRUNC) != 0
        let length = isCut ? 0 : Int(headers[index].length)
        var segmentSize = length
        var local: LocalAddress?
        var control = clinux_cmsg_first(&headers[index].header)
        while let current = control {
            let data = UnsafeRawPointer(clinux_cmsg_data(current))
            switch (current.pointee.cmsg_level, current.pointee.cmsg_type) {
            case (Int32(IPPROTO_IP), clinux_ip_pktinfo):
                guard let info = data?.loadUnaligned(as: clinux_pktinfo4.self) else { break }
                // The address that routing answered with: the destination, or for broadcasts the interface's own.
                local = LocalAddress(IPAddress(v4: UInt32(bigEndian: info.source)), interface: info.interface)
            case (Int32(IPPROTO_IPV6), clinux_ipv6_pktinfo):
                guard let data else { break }
                let address = UInt128(bigEndian: data.loadUnaligned(as: UInt128.self))
                let interface = data.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
                local = LocalAddress(IPAddress(v6: address), interface: interface)
            case (Int32(IPPROTO_UDP), clinux_udp_gro):
                guard let size = data?.loadUnaligned(as: Int32.self), size > 0 else { break }
                segmentSize = min(Int(size), length)
            default: break
            }
            control = clinux_cmsg_next(&headers[index].header, current)
        }
        return Message(
            bytes: UnsafeMutableRawBufferPointer(start: memory.base + index * Self.stride, count: length),
            segmentSize: segmentSize, remote: remote, local: local)
    }

    /// Gives memory back that a rush had taken. What was received is gone.
    package func release() {
        count = 0
        memory.release()
    }
}

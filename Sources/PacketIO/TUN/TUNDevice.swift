internal import CLinux
internal import Glibc

/// A TUN device: the kernel's end of the tunnel, carrying IP packets without any header before them.
///
/// With `offload`, the kernel hands over and takes packets that are still to be cut into segments.
///
/// The device lives as long as this object (it is not persistent). Deleting it from outside (`ip link delete`) makes
/// every call throw an error whose `isDeviceGone` is true, and makes the descriptor readable. It may be renamed and
/// moved to another network namespace at any time; reading and writing go on as before. Any thread may call.
package final class TUNDevice: Sendable {
    /// To be polled for reading; non-blocking.
    package let descriptor: Descriptor
    /// What the kernel leaves to us, and takes from us.
    package let offload: TUNOffload
    /// Whether it may have more than one queue.
    package let hasQueues: Bool
    /// A queue that takes packets and brings none; `nil` for a device with one queue. Of what an attached queue takes, the
    /// kernel learns where flows belong, and moves them there, past packets that the former queue's reader still has in hand.
    /// Of what this one takes, it learns nothing.
    let detached: Descriptor?

    /// The longest MTU that a device takes here. A datagram carries a little less.
    package static let maximumMTU = 65_520

    /// Makes the device `name`, or attaches to it when it exists and no process holds it. A `%d` in the name is replaced
    /// by the first free number.
    ///
    /// - Parameter hasQueues: whether `queue` is to be called. A device that exists has one queue alone.
    package convenience init(name: String, hasQueues: Bool = false) throws(IOError) {
        guard Self.isValid(name: name) else { throw IOError(EINVAL, "TUN device", "\"\(name)\" is no interface name") }
        guard hasQueues else {
            try self.init(attachedTo: name)
            return
        }
        do throws(IOError) {
            // Only a new one: of a device that a process holds, another one would get a queue of its own.
            try self.init(attachedTo: name, flags: clinux_iff_multi_queue | clinux_iff_tun_excl)
        } catch {
            guard error.code == EBUSY else { throw error }
            try self.init(attachedTo: name)
        }
    }

    private init(attachedTo name: String, flags: UInt16 = 0) throws(IOError) {
        hasQueues = flags & clinux_iff_multi_queue != 0
        descriptor = try Self.attach(name, flags)
        detached = hasQueues ? try Self.detachedQueue(of: descriptor) : nil
        offload = TUNOffload.enable(on: descriptor)
    }

    private static func attach(_ name: String, _ flags: UInt16) throws(IOError) -> Descriptor {
        let number = try retrying("open /dev/net/tun") { clinux_open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK) }
        let descriptor = Descriptor(owning: number)
        let all = clinux_iff_tun | clinux_iff_no_pi | clinux_iff_vnet_hdr | flags
        var chosen = InterfaceName(name)
        try retrying("create TUN device \(name)") { chosen.withBytes { clinux_tun_attach(number, $0, all) } }
        return descriptor
    }

    private static func detachedQueue(of queue: Descriptor) throws(IOError) -> Descriptor {
        let name = try query(queue.number).name.description
        let descriptor = try attach(name, clinux_iff_multi_queue)
        try retrying("detach a queue of \(name)") { clinux_tun_detach(descriptor.number) }
        return descriptor
    }

    /// Another queue of the same device. The kernel spreads flows over the queues. Where the other side answers before it is
    /// sent more, as with TCP, a flow moves to the queue by which its answers are written; any other stays with its own.
    package func queue() throws(IOError) -> TUNDevice {
        try TUNDevice(attachedTo: try name(), flags: clinux_iff_multi_queue)
    }

    /// Takes over a descriptor that is already attached to a TUN device, as `WG_TUN_FD` hands it to WireGuard daemons.
    /// The device must be without packet information header; with or without `IFF_VNET_HDR`.
    package init(inherited number: Int32) throws(IOError) {
        descriptor = Descriptor(owning: number)
        try descriptor.setNonBlocking()
        detached = nil
        hasQueues = false
        let flags = try Self.query(number).flags
        guard flags & clinux_iff_tun != 0, flags & clinux_iff_no_pi != 0 else {
            throw IOError(EINVAL, "inherited TUN device", "flags \(String(flags, radix: 16))")
        }
        offload = flags & clinux_iff_vnet_hdr != 0 ? TUNOffload.enable(on: descriptor) : .none
    }

    /// Something else that brings and takes one packet a read or write, as an end of a datagram socket pair. What is asked
    /// of the kernel about a device fails.
    package init(standIn descriptor: Descriptor) {
        self.descriptor = descriptor
        detached = nil
        offload = .none
        hasQueues = false
    }

    /// The name that the device has now.
    package func name() throws(IOError) -> String {
        try Self.query(descriptor.number).name.description
    }

    /// Whether the device still exists, in whatever namespace.
    package var exists: Bool {
        (try? Self.query(descriptor.number)) != nil
    }

    /// Whether the device is in this process's network namespace, so that netlink and `mtu` can reach it.
    package var isInThisNamespace: Bool {
        let number = clinux_tun_namespace(descriptor.number)
        guard number >= 0 else {
            // Kernels before 5.13 cannot say: believe the name.
            return (try? mtu()) != nil
        }
        let namespace = Descriptor(owning: number)
        var theirs = stat()
        var ours = stat()
        guard fstat(namespace.number, &theirs) == 0, stat("/proc/thread-self/ns/net", &ours) == 0 else { return false }
        return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino
    }

    /// The device's MTU in bytes. Fails when the device has been moved to another namespace.
    package func mtu() throws(IOError) -> Int {
        var name = try Self.query(descriptor.number).name
        let socket = try Self.controlSocket()
        var mtu: Int32 = 0
        try retrying("get MTU of \(name)") { name.withBytes { clinux_interface_mtu(socket.number, $0, &mtu) } }
        return Int(mtu)
    }

    package func setMTU(_ mtu: Int) throws(IOError) {
        var name = try Self.query(descriptor.number).name
        guard (68...Self.maximumMTU).contains(mtu) else { throw IOError(EINVAL, "set MTU of \(name)", "\(mtu)") }
        let socket = try Self.controlSocket()
        try retrying("set MTU of \(name)") {
            name.withBytes { clinux_interface_set_mtu(socket.number, $0, Int32(mtu)) }
        }
    }

    /// Whether the device is up, in whatever namespace it is.
    package func isUp() throws(IOError) -> Bool {
        // The kernel calls a device writable when it is up, and in error when it is deleted.
        var state = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        try retrying("poll TUN device") { poll(&state, 1, 0) }
        if state.revents & Int16(POLLERR) != 0 { throw IOError(EBADFD, "TUN device") }
        return state.revents & Int16(POLLOUT) != 0
    }

    private static func query(_ number: Int32) throws(IOError) -> (name: InterfaceName, flags: UInt16) {
        var name = InterfaceName("")
        var flags: UInt16 = 0
        try retrying("TUN device") { name.withBytes { clinux_tun_query(number, $0, &flags) } }
        return (name, flags)
    }

    private static func controlSocket() throws(IOError) -> Descriptor {
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return Descriptor(owning: try retrying("socket") { socket(AF_INET, kind, 0) })
    }

    /// What the kernel takes for a name: 1 to 15 bytes, no slash, colon or space, not `.` or `..`.
    package static func isValid(name: String) -> Bool {
        (1...15).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 > 32 && $0 != 127 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }
}

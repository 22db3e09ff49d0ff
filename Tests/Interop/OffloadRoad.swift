import CLinux
import Glibc
import PacketIO
import TestLab
import Testing

/// A road through the kernel for packets with `VirtioNetHeader`: what is written to one TUN device is forwarded to
/// another and read there. To be made and used on a thread in a network namespace of its own.
final class OffloadRoad {
    private let entry: Descriptor
    private let exit: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)

    /// Forwarding takes one from `ttl` and `hopLimit`.
    static let hops: UInt8 = 1

    /// - Parameter mergesOnEntry: the kernel merges what is written, as packets of a network card; it holds each for
    ///   at most `gatherTime`.
    init(mergesOnEntry: Bool = false) throws {
        // IFF_NAPI
        entry = try Self.open("in0", mergesOnEntry ? 0x0010 : 0)
        exit = try Self.open("out0", 0)
        let merging = [
            "echo \(Self.gatherTime * 1_000_000) > /sys/class/net/in0/gro_flush_timeout",
            "ethtool -K in0 gro on rx-udp-gro-forwarding on",
        ]
        let steps = [
            "mount -t sysfs none /sys",
            "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0",
            "sysctl -qw net.ipv4.conf.default.rp_filter=0",
            "ip link set in0 mtu 65535 txqueuelen 10000 up",
            "ip link set out0 mtu 65535 txqueuelen 10000 up",
            "ip addr add 10.0.0.254/24 dev in0",
            "ip addr add fd00::ff/64 dev in0 nodad",
            "ip addr add 10.0.1.254/24 dev out0",
            "ip addr add fd01::ff/64 dev out0 nodad",
        ]
        // The name space of mounts is the shell's own, so that /sys shows this namespace's devices.
        let script = (steps + (mergesOnEntry ? merging : [])).joined(separator: " && ")
        let result = try runCommand("unshare", "--mount", "sh", "-ec", script)
        try #require(result.succeeded, "\(result.output)\(result.errors)")
    }

    /// Milliseconds.
    static let gatherTime = 40

    /// Whether the kernel may hand over large packets and unfinished checksums at the exit.
    func setOffloads(_ isOn: Bool) throws {
        let all = clinux_tun_f_csum | clinux_tun_f_tso4 | clinux_tun_f_tso6 | clinux_tun_f_uso
        try #require(clinux_tun_set_offload(exit.number, isOn ? all : 0) == 0, "errno \(errno)")
    }

    /// Writes a packet; what the kernel refuses is gone, as anything that it drops later.
    @discardableResult
    func write(_ header: VirtioNetHeader, _ bytes: [UInt8]) -> Bool {
        write(Self.written(header, bytes))
    }

    /// Writes what `written` made.
    @discardableResult
    func write(_ whole: [UInt8]) -> Bool {
        Glibc.write(entry.number, whole, whole.count) == whole.count
    }

    /// A packet as a device takes it.
    static func written(_ header: VirtioNetHeader, _ bytes: [UInt8]) -> [UInt8] {
        var whole = [UInt8](repeating: 0, count: VirtioNetHeader.byteCount)
        whole.withUnsafeMutableBytes { head in
            if let base = head.baseAddress { header.write(to: base) }
        }
        return whole + bytes
    }

    /// All packets that have arrived, those with IPv6's own chatter left out.
    func read() -> [(header: VirtioNetHeader, bytes: [UInt8])] {
        var packets: [(header: VirtioNetHeader, bytes: [UInt8])] = []
        while true {
            let count = Glibc.read(exit.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > VirtioNetHeader.byteCount else { return packets }
            let header = buffer.withUnsafeBytes { $0.baseAddress.map { VirtioNetHeader(from: $0) } }
            let bytes = Array(buffer[VirtioNetHeader.byteCount..<count])
            // Link-local sources: multicast listener reports, router solicitations.
            guard let header, bytes[0] >> 4 != 6 || bytes[8] != 0xFE, bytes[0] >> 4 != 6 || bytes[8] != 0 else {
                continue
            }
            packets.append((header, bytes))
        }
    }

    /// Reads until nothing has come for two times as long as the kernel gathers.
    func readAll() -> [(header: VirtioNetHeader, bytes: [UInt8])] {
        var packets = read()
        var waiting = pollfd(fd: exit.number, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, Int32(2 * Self.gatherTime)) > 0 {
            let more = read()
            packets += more
        }
        return packets
    }

    private static func open(_ name: String, _ flags: UInt16) throws -> Descriptor {
        let descriptor = Descriptor(owning: clinux_open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK))
        var bytes = name.utf8.map { CChar(bitPattern: $0) } + Array(repeating: 0, count: 16 - name.utf8.count)
        let all = clinux_iff_tun | clinux_iff_no_pi | clinux_iff_vnet_hdr | flags
        try #require(clinux_tun_attach(descriptor.number, &bytes, all) == 0, "errno \(errno)")
        return descriptor
    }
}

package import Addressing
internal import CLinux
internal import Glibc
internal import Synchronization

/// One UDP port, for IPv4 and IPv6: two sockets, as one dual-stack socket would hide which address of IPv4 a datagram
/// came to. They stay in the network namespace in which they were made. Any thread may call, each with a receiver and a queue of its own.
package final class UDPSockets: Sendable {
    /// To be polled for reading; `nil` where the machine has no such protocol.
    package let v4: Descriptor?
    package let v6: Descriptor?
    /// The port that both are bound to.
    package let port: UInt16

    /// What the kernel refused to send many in one piece, and what is to be told of it.
    private let refusals = Mutex(Refusals())
    /// Whether there is any; else nobody needs to look.
    private let wasRefused = Atomic(false)

    private struct Refusals {
        var limits = SegmentLimits()
        var untold: [String] = []
    }

    /// - Parameters:
    ///   - port: 0 chooses one that is free for both families.
    ///   - mark: SO_MARK of everything sent, for policy routing; 0: none.
    ///   - bufferBytes: of each socket's receive and send queue, as far as the kernel lets us.
    package convenience init(port: UInt16, mark: UInt32 = 0, bufferBytes: Int = 4 << 20) throws(IOError) {
        try self.init(Self.openBoth(port: port, bufferBytes: bufferBytes), mark: mark)
    }

    private init(_ opened: (v4: Descriptor?, v6: Descriptor?, port: UInt16), mark: UInt32) throws(IOError) {
        (v4, v6, port) = opened
        if mark != 0 { try setMark(mark) }
    }

    /// Sockets of one port for so many threads: the kernel takes all datagrams of a sender to one of them. Nobody else has the
    /// port then; from then on, another program of the same user can join it if it sets SO_REUSEPORT itself.
    package static func share(
        port: UInt16, among count: Int, mark: UInt32 = 0, bufferBytes: Int = 4 << 20
    ) throws(IOError) -> [UDPSockets] {
        let first = try UDPSockets(port: port, mark: mark, bufferBytes: bufferBytes)
        guard count > 1 else { return [first] }
        // Only now: had it been bound so, it might have joined a port that another program has.
        for descriptor in [first.v4, first.v6] {
            if let descriptor { try set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT") }
        }
        var all = [first]
        for _ in 1..<count {
            let v4 = try first.v4 == nil ? nil : open(.v4, port: first.port, bufferBytes: bufferBytes, isShared: true)
            let v6 = try first.v6 == nil ? nil : open(.v6, port: first.port, bufferBytes: bufferBytes, isShared: true)
            all.append(try UDPSockets((v4, v6, first.port), mark: mark))
        }
        return all
    }

    /// Changes SO_MARK; needs CAP_NET_ADMIN.
    package func setMark(_ mark: UInt32) throws(IOError) {
        for descriptor in [v4, v6] {
            guard let descriptor else { continue }
            try Self.set(descriptor, SOL_SOCKET, clinux_so_mark, Int32(bitPattern: mark), "SO_MARK")
        }
    }

    /// The address that the kernel would send from to an endpoint now, by its routes and the sockets' mark; `nil` when there is no way.
    package func preferredSource(to endpoint: Endpoint) -> IPAddress? {
        guard let descriptor = descriptor(endpoint.address.family) else { return nil }
        var mark: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor.number, SOL_SOCKET, clinux_so_mark, &mark, &length)
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(endpoint.address.family == .v4 ? AF_INET : AF_INET6, kind, 0)
        guard number >= 0 else { return nil }
        let probe = Descriptor(owning: number)
        if mark != 0 { try? Self.set(probe, SOL_SOCKET, clinux_so_mark, mark, "SO_MARK") }
        // Connecting sends nothing: it looks the way up.
        var address = SocketAddress(endpoint)
        let connected = address.withSocketAddress { connect(number, $0, $1) }
        return connected == 0 ? try? SocketAddress.local(of: probe).address : nil
    }

    // MARK: Segmentation

    /// `nil`: nothing was ever refused.
    var segmentLimits: SegmentLimits? {
        guard wasRefused.load(ordering: .relaxed) else { return nil }
        return refusals.withLock { $0.limits }
    }

    func limitSegments(_ largest: Int, to address: IPAddress, _ code: Int32) {
        let what = largest == 0 ? "datagrams" : "datagrams of \(largest + 1) bytes or more"
        refusals.withLock { refusals in
            guard let news = refusals.limits.lower(to: largest, for: address, at: .now) else { return }
            let whom =
                switch news {
                case .address(let address): "\(address)"
                case .all: "all, as to many before"
                }
            refusals.untold.append("\(what) are sent one by one to \(whom): \(IOError(code, "UDP segmentation"))")
        }
        wasRefused.store(true, ordering: .relaxed)
    }

    /// To whom, and why, datagrams are not sent many in one piece any more; told once for each address.
    package func takeRefusal() -> String? {
        guard wasRefused.load(ordering: .relaxed) else { return nil }
        return refusals.withLock { $0.untold.isEmpty ? nil : $0.untold.removeFirst() }
    }

    /// What fits one datagram. IP's length fields have 16 bits; that of IPv4 counts its header.
    package static func longestDatagram(_ family: IPFamily) -> Int {
        65_535 - 8 - (family == .v4 ? 20 : 0)
    }

    func descriptor(_ family: IPFamily) -> Descriptor? {
        family == .v4 ? v4 : v6
    }

    private static func openBoth(port: UInt16, bufferBytes: Int) throws(IOError) -> (Descriptor?, Descriptor?, UInt16) {
        var attempts = 0
        while true {
            attempts += 1
            let v4 = try open(.v4, port: port, bufferBytes: bufferBytes)
            let chosen: UInt16
            if let v4 { chosen = try SocketAddress.local(of: v4).port } else { chosen = port }
            do throws(IOError) {
                let v6 = try open(.v6, port: chosen, bufferBytes: bufferBytes)
                guard let any = v6 ?? v4 else { throw IOError(EAFNOSUPPORT, "UDP socket") }
                return (v4, v6, try SocketAddress.local(of: any).port)
            } catch {
                // The port that was free for IPv4 is taken for IPv6: another one.
                guard error.code == EADDRINUSE, port == 0, attempts < 100 else { throw error }
            }
        }
    }

    /// A bound socket, or `nil` when the machine does not have the family.
    private static func open(
        _ family: IPFamily, port: UInt16, bufferBytes: Int, isShared: Bool = false
    ) throws(IOError) -> Descriptor? {
        let domain = family == .v4 ? AF_INET : AF_INET6
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let number = socket(domain, kind, 0)
        if number < 0, errno == EAFNOSUPPORT { return nil }
        guard number >= 0 else { throw IOError(errnoOf: "UDP socket") }
        let descriptor = Descriptor(owning: number)
        switch family {
        case .v4:
            try set(descriptor, Int32(IPPROTO_IP), clinux_ip_pktinfo, 1, "IP_PKTINFO")
            try set(descriptor, Int32(IPPROTO_IP), clinux_ip_mtu_discover, clinux_ip_pmtudisc_dont, "IP_MTU_DISCOVER")
        case .v6:
            let level = Int32(IPPROTO_IPV6)
            try set(descriptor, level, Int32(IPV6_V6ONLY), 1, "IPV6_V6ONLY")
            try set(descriptor, level, clinux_ipv6_recvpktinfo, 1, "IPV6_RECVPKTINFO")
            try set(descriptor, level, clinux_ipv6_mtu_discover, clinux_ipv6_pmtudisc_dont, "IPV6_MTU_DISCOVER")
        }
        // Kernels before 5.0 do not have it, and then bring each datagram alone.
        try? set(descriptor, Int32(IPPROTO_UDP), clinux_udp_gro, 1, "UDP_GRO")
        let bytes = Int32(clamping: bufferBytes)
        // The forced form goes past net.core.rmem_max, with CAP_NET_ADMIN; else as large as it may be.
        setEither(descriptor, clinux_so_rcvbufforce, SO_RCVBUF, bytes)
        setEither(descriptor, clinux_so_sndbufforce, SO_SNDBUF, bytes)

        if isShared { try set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT") }
        let any = Endpoint(IPAddress(family: family, value: 0), port: port)
        var address = SocketAddress(any)
        let bound = address.withSocketAddress { bind(number, $0, $1) }
        if bound < 0, errno == EADDRNOTAVAIL, family == .v6 { return nil }  // IPv6 is switched off by sysctl.
        guard bound == 0 else { throw IOError(errnoOf: "bind UDP port \(port)") }
        return descriptor
    }

    private static func set(
        _ descriptor: Descriptor, _ level: Int32, _ option: Int32, _ value: Int32, _ name: String
    ) throws(IOError) {
        var value = value
        try retrying(name) { setsockopt(descriptor.number, level, option, &value, 4) }
    }

    private static func setEither(_ descriptor: Descriptor, _ forced: Int32, _ plain: Int32, _ value: Int32) {
        var value = value
        if setsockopt(descriptor.number, SOL_SOCKET, forced, &value, 4) != 0 {
            setsockopt(descriptor.number, SOL_SOCKET, plain, &value, 4)
        }
    }
}

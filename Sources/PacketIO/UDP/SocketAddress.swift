package import Addressing
internal import CLinux
internal import Glibc

/// The kernel's form of an `Endpoint`.
package struct SocketAddress {
    // sockaddr_in lies at the beginning of the same bytes.
    private var storage = sockaddr_in6()

    init() {}

    package init(_ endpoint: Endpoint) {
        switch endpoint.address.family {
        case .v4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: endpoint.address.value).bigEndian
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
        case .v6:
            storage.sin6_family = sa_family_t(AF_INET6)
            storage.sin6_port = endpoint.port.bigEndian
            storage.sin6_scope_id = endpoint.scope
            withUnsafeMutableBytes(of: &storage.sin6_addr) {
                $0.storeBytes(of: endpoint.address.value.bigEndian, as: UInt128.self)
            }
        }
    }

    /// `nil` for families other than IPv4 and IPv6.
    var endpoint: Endpoint? {
        switch Int32(storage.sin6_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
            let value = UInt32(bigEndian: address.sin_addr.s_addr)
            return Endpoint(IPAddress(v4: value), port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let value = withUnsafeBytes(of: storage.sin6_addr) {
                UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self))
            }
            return Endpoint(
                IPAddress(v6: value), port: UInt16(bigEndian: storage.sin6_port), scope: storage.sin6_scope_id)
        default: return nil
        }
    }

    var length: socklen_t {
        Int32(storage.sin6_family) == AF_INET
            ? socklen_t(MemoryLayout<sockaddr_in>.size) : socklen_t(MemoryLayout<sockaddr_in6>.size)
    }

    mutating func withSocketAddress<R>(_ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> R) -> R {
        let length = length
        return withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// As many bytes as the family has: what `bind` and `connect` take.
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withUnsafeBytes(of: storage) { try body(UnsafeRawBufferPointer(rebasing: $0[..<Int(length)])) }
    }

    /// The address that a socket is bound to.
    package static func local(of descriptor: Descriptor) throws(IOError) -> Endpoint {
        var address = SocketAddress()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        try retrying("getsockname") {
            address.withSocketAddress { pointer, _ in getsockname(descriptor.number, pointer, &length) }
        }
        guard let endpoint = address.endpoint else { throw IOError(EAFNOSUPPORT, "getsockname") }
        return endpoint
    }
}

import Addressing
import Glibc
import PacketIO
import TestLab

/// Sockets of the test's own in namespaces of a lab.
enum ExchangeSockets {
    /// Two ends of a TCP connection.
    static func connection(
        from client: Namespace, to server: Namespace, at address: IPAddress
    ) throws -> (client: Descriptor, server: Descriptor) {
        let (listener, target) = try inNamespace(server) {
            let listener = try open(address.family, SOCK_STREAM)
            try bind(listener, Endpoint(address, port: 0))
            try check(listen(listener.number, 1), "listen")
            return (listener, try endpoint(of: listener))
        }
        let connected = try inNamespace(client) {
            let socket = try open(address.family, SOCK_STREAM)
            var bound = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(socket.number, SOL_SOCKET, SO_SNDTIMEO, &bound, socklen_t(MemoryLayout<timeval>.size))
            try withAddress(target) { try check(connect(socket.number, $0, $1), "connect to \(target)") }
            return socket
        }
        let accepted = Descriptor(owning: try check(accept(listener.number, nil, nil), "accept"))
        for end in [connected, accepted] { try check(fcntl(end.number, F_SETFL, O_NONBLOCK), "fcntl") }
        return (connected, accepted)
    }

    /// Two UDP sockets, each connected to the other.
    static func datagramPair(
        _ left: (Namespace, IPAddress), _ right: (Namespace, IPAddress)
    ) throws -> (left: Descriptor, right: Descriptor) {
        let sockets = try [left, right].map { (namespace, address) in
            try inNamespace(namespace) {
                let socket = try open(address.family, SOCK_DGRAM)
                try bind(socket, Endpoint(address, port: 0))
                return socket
            }
        }
        for (socket, other) in [(sockets[0], sockets[1]), (sockets[1], sockets[0])] {
            try withAddress(endpoint(of: other)) { try check(connect(socket.number, $0, $1), "connect") }
        }
        return (sockets[0], sockets[1])
    }

    private static func open(_ family: IPFamily, _ kind: __socket_type) throws -> Descriptor {
        let type = Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return Descriptor(owning: try check(socket(family == .v4 ? AF_INET : AF_INET6, type, 0), "socket"))
    }

    private static func bind(_ socket: Descriptor, _ endpoint: Endpoint) throws {
        try withAddress(endpoint) { try check(Glibc.bind(socket.number, $0, $1), "bind to \(endpoint)") }
    }

    private static func endpoint(of socket: Descriptor) throws -> Endpoint {
        try SocketAddress.local(of: socket)
    }

    private static func withAddress(
        _ endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws {
        try SocketAddress(endpoint).withBytes { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self)
            if let base = address.baseAddress { try body(base, socklen_t(bytes.count)) }
        }
    }

    @discardableResult
    private static func check(_ result: Int32, _ what: String) throws -> Int32 {
        guard result >= 0 else { throw LabError("\(what): \(String(cString: strerror(errno)))") }
        return result
    }
}

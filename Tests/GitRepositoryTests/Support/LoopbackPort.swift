import Glibc
import TestPrograms

/// A port of ours on loopback, held until the value goes: connections to it are refused, or, when it listens, taken and
/// never answered.
final class LoopbackPort {
    let number: Int
    private let socket: Int32

    init(listens: Bool) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard bound, !listens || listen(socket, 8) == 0 else {
            throw Command.Failure(description: "no port on loopback")
        }
        number = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}

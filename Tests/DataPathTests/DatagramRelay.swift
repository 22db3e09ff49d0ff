import Foundation
import PacketIO

/// A port of this machine that stands for another one, until it falls silent: then nothing comes through any more, of which nobody
/// is told.
final class DatagramRelay {
    let port: UInt16
    private let socket: Descriptor
    private let poller: Poller

    init(to target: UInt16) throws {
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(AF_INET, kind, 0)
        guard number >= 0 else { throw IOError(errno, "socket") }
        socket = Descriptor(owning: number)
        var address = Self.loopback(0)
        let isBound = Self.withAddress(&address) {
            bind(number, $0, $1.pointee) == 0 && getsockname(number, $0, $1) == 0
        }
        guard isBound else { throw IOError(errno, "bind") }
        port = UInt16(bigEndian: address.sin_port)
        poller = try Poller()
        try poller.add(socket, token: 0)
        PlainThread.start(name: "relay") { [socket, poller] in Self.pass(by: socket, poller, to: target) }
    }

    deinit { fallSilent() }

    func fallSilent() { poller.wake() }

    private static func pass(by socket: Descriptor, _ poller: Poller, to target: UInt16) {
        var events: [Poller.Event] = []
        var buffer = [UInt8](repeating: 0, count: 65_535)
        var client = loopback(0)
        while (try? poller.wait(until: nil, events: &events)) == false {
            while true {
                var sender = loopback(0)
                let count = withAddress(&sender) { recvfrom(socket.number, &buffer, buffer.count, 0, $0, $1) }
                guard count >= 0 else { break }
                let isAnswer = sender.sin_port == target.bigEndian
                if !isAnswer { client = sender }
                var receiver = isAnswer ? client : loopback(target)
                _ = withAddress(&receiver) { sendto(socket.number, buffer, count, 0, $0, $1.pointee) }
            }
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return address
    }

    private static func withAddress<Result>(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &count) }
        }
    }
}

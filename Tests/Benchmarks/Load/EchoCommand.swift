internal import Addressing
internal import ArgumentParser
internal import Glibc

struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Send every datagram back to where it came from, until a signal comes.")

    @Option(help: "Where to listen.")
    var at: Endpoint

    func run() throws {
        let socket = try DatagramSocket(at: at)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 8)
        defer { buffer.deallocate() }
        announceReady()
        var address = sockaddr_in6()
        while true {
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let count = recvfrom(socket.number, buffer.baseAddress, buffer.count, 0, address, &length)
                    guard count >= 0 else { return }
                    _ = sendto(socket.number, buffer.baseAddress, count, 0, address, length)
                }
            }
        }
    }
}

internal import Addressing
internal import ArgumentParser
internal import Glibc
internal import PacketIO

struct PingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Measure round trips to `echo`, one datagram at a time.")

    @Option(help: "Where `echo` listens.")
    var to: Endpoint

    @Option(help: "Milliseconds from one to the next.")
    var interval: UInt64 = 2

    @Option(help: "Bytes of payload.")
    var size = 64

    @Option var count = 1000

    private static let patienceMilliseconds: Int32 = 200

    func validate() throws {
        guard count > 0, (8...65000).contains(size) else {
            throw ValidationError("--count is more than 0, and --size from 8 to 65000")
        }
    }

    func run() throws {
        let socket = try DatagramSocket(to: to)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        defer { buffer.deallocate() }
        var microseconds: [Double] = []
        for number in 0..<UInt64(count) {
            if let time = roundTrip(number, socket, buffer) { microseconds.append(Double(time) / 1000) }
            Pacer.sleep(milliseconds: interval)
        }
        microseconds.sort()
        printReport([
            "count": Double(count), "lost": Double(count - microseconds.count),
            "minimum": quantile(0, of: microseconds), "median": quantile(0.5, of: microseconds),
            "p90": quantile(0.9, of: microseconds), "p99": quantile(0.99, of: microseconds),
            "maximum": quantile(1, of: microseconds),
        ])
    }

    /// Nanoseconds; `nil` when no answer came.
    private func roundTrip(_ number: UInt64, _ socket: DatagramSocket, _ buffer: UnsafeMutableRawBufferPointer)
        -> UInt64?
    {
        buffer.storeBytes(of: number, as: UInt64.self)
        let start = MonotonicTime.now
        socket.send(UnsafeRawBufferPointer(buffer))
        while socket.isReadable(within: Self.patienceMilliseconds) {
            let end = MonotonicTime.now
            // A late answer to one before is not this one's. Reading also takes an error that ICMP told of.
            if socket.receive(buffer) == size, buffer.load(as: UInt64.self) == number {
                return end.nanoseconds(since: start)
            }
        }
        return nil
    }

    private func quantile(_ share: Double, of sorted: [Double]) -> Double {
        sorted.isEmpty ? 0 : sorted[Int((Double(sorted.count - 1) * share).rounded())]
    }
}

internal import Addressing
internal import ArgumentParser
internal import PacketIO

struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send numbered datagrams at a steady rate, each a packet of its own.")

    @Option(help: "The receiver.")
    var to: Endpoint

    @Option(help: "Datagrams a second.")
    var rate: Double

    @Option(help: "Bytes of payload.")
    var size = 64

    @Option var seconds = 1.0

    /// In one call to the kernel.
    private static let batch = 64
    /// Before the last datagram is sent, so that it does not overtake what other queues still hold.
    private static let settlingMilliseconds: UInt64 = 100

    func validate() throws {
        guard rate > 0, seconds > 0 else { throw ValidationError("--rate and --seconds are more than 0") }
        guard (DatagramBatch.headerCount...65000).contains(size) else {
            throw ValidationError("--size is from \(DatagramBatch.headerCount) to 65000")
        }
    }

    func run() throws {
        let socket = try DatagramSocket(to: to)
        let batch = DatagramBatch(capacity: Self.batch, size: size)
        var pacer = Pacer(perSecond: rate, seconds: seconds)
        var sent: UInt64 = 0
        while let due = pacer.next(limit: batch.capacity) {
            try batch.send(due, from: sent, by: socket)
            sent += UInt64(due)
        }
        let nanoseconds = MonotonicTime.now.nanoseconds(since: pacer.start)
        // One of them arrives.
        Pacer.sleep(milliseconds: Self.settlingMilliseconds)
        for _ in 0..<3 {
            Pacer.sleep(milliseconds: 5)
            try batch.sendFinish(total: sent, by: socket)
        }
        printReport(["sent": Double(sent), "seconds": Double(nanoseconds) / 1e9])
    }
}

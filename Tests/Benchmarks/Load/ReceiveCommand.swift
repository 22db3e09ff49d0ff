internal import Addressing
internal import ArgumentParser
internal import PacketIO

struct ReceiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Count what `send` sends, until it says that this was all.")

    @Option(help: "Where to listen.")
    var at: Endpoint

    @Option(help: "Seconds without a datagram after which it was all.")
    var patience = 5.0

    /// Whoever is not waiting need not be woken: datagrams are fetched this often, many in one call.
    private static let intervalMilliseconds: UInt64 = 1
    private static let batch = 512

    func run() throws {
        let socket = try DatagramSocket(at: at)
        let batch = DatagramBatch(capacity: Self.batch, size: DatagramBatch.headerCount)
        announceReady()
        var arrivals = Arrivals()
        guard socket.isReadable(within: Int32(patience * 1000)) else { return arrivals.report(total: nil) }
        while true {
            let count = try batch.receive(from: socket)
            let now = MonotonicTime.now
            for index in 0..<count {
                let number = batch.number(index)
                if number == DatagramBatch.finish { return arrivals.report(total: batch.total(index)) }
                arrivals.note(number, at: now)
            }
            guard count < batch.capacity else { continue }
            if count == 0, Double(now.nanoseconds(since: arrivals.last)) > patience * 1e9 {
                return arrivals.report(total: nil)
            }
            Pacer.sleep(milliseconds: Self.intervalMilliseconds)
        }
    }
}

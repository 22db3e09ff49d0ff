internal import AEAD
internal import ArgumentParser

/// Nanoseconds a packet of every implementation and algorithm, which take turns, so that all see the same noise.
@main
struct AEADBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan-aead", abstract: "Times what seals and opens packets.")

    @Option(help: "Rounds; of each figure the best is told.")
    var rounds = 15

    @Option(help: "Packets in one figure of one round.")
    var packets = 3000

    @Option(help: "Only these sizes, in bytes of plaintext; 0 for half of 1,420 and half anything from 32.")
    var size: [Int] = [64, 1420, 0]

    @Option(help: "Only these numbers of packets in a call.")
    var batch: [Int] = [1, 8, 45, 64]

    @Option(help: "Only this implementation: ipsecMB or openSSL.")
    var implementation: String?

    @Flag(help: "Write what is computed elsewhere than where it is read.")
    var elsewhere = false

    func run() throws {
        let engines = try [AEADEngine.Kind.ipsecMB, .openSSL]
            .filter { implementation == nil || implementation == "\($0)" }
            .map { try AEADEngine($0) }
        for size in size {
            for batch in batch {
                print("\(size == 0 ? "mixed" : "\(size)") bytes, \(batch) in a call, ns a packet")
                var trials: [Trial] = []
                for algorithm in AEADAlgorithm.allCases {
                    for engine in engines {
                        trials.append(
                            Trial(engine, algorithm, sizes: Self.sizes(size, batch), elsewhere: elsewhere))
                    }
                }
                for _ in 0..<rounds {
                    for trial in trials { trial.run(calls: max(1, packets / batch)) }
                }
                for trial in trials { print("    \(trial.result)") }
            }
        }
    }

    /// The same every time.
    private static func sizes(_ size: Int, _ count: Int) -> [Int] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            guard size == 0 else { return size }
            state = state &* 1_664_525 &+ 1_013_904_223
            return state >> 31 == 0 ? 1420 : 32 + Int(state >> 8) % 1388
        }
    }
}

internal import Glibc
internal import TestLab

/// What the processes of the tunnels hold.
struct Footprint {
    /// Bytes of resident memory, by process.
    let memory: [Int]
    /// Open descriptors, by process.
    let descriptors: [Int]

    init(of daemons: [Daemon]) {
        memory = daemons.map(\.residentMemory)
        descriptors = daemons.map { Self.descriptors(of: $0.processIdentifier) }
    }

    private static func descriptors(of process: Int32) -> Int {
        guard let directory = opendir("/proc/\(process)/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count - 2
    }
}

/// Footprints over time, and what may become of them.
struct FootprintHistory {
    private var samples: [Footprint] = []

    /// What a process may grow by after it is warm, in bytes: what traffic touches for the first time only then. Whatever is
    /// lost with each flow, session or peer comes to more in minutes.
    static let allowedGrowth = 3 << 20

    mutating func note(_ footprint: Footprint) {
        samples.append(footprint)
    }

    var most: Int { samples.flatMap(\.memory).max() ?? 0 }

    /// Rounds until all that is kept for good has been touched.
    static let warmUp = 4

    /// Of the process that grew most: from the most that it had while it became warm to the least in the last two rounds.
    var growth: Int {
        guard let first = samples.first else { return 0 }
        return first.memory.indices.map { process in
            let before = samples.prefix(Self.warmUp).map { $0.memory[process] }.max() ?? 0
            let after = samples.suffix(2).map { $0.memory[process] }.min() ?? 0
            return after - before
        }.max() ?? 0
    }

    /// Whether each process has as many descriptors at the end as after the first round.
    var descriptorsAreConstant: Bool { samples.first?.descriptors == samples.last?.descriptors }

    var descriptors: Int { samples.last?.descriptors.reduce(0, +) ?? 0 }
}

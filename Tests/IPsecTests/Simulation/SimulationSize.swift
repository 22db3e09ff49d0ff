import Foundation

/// How many seeds a simulation is run with: thousands by `CVLAN_SIMULATION_SEEDS=5000 swift test -c release --filter Simulation`.
enum SimulationSize {
    static let seeds: Range<UInt64> =
        0..<(ProcessInfo.processInfo.environment["CVLAN_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 60)
}

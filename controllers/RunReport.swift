internal import Reconciling

/// What of a run is told, in the status and in the log: whatever somebody pushes, no more than people can read.
struct RunReport {
    /// Of each list.
    private static let most = 100
    /// Tenants that are on main without anybody who may make them, and were never published.
    private static let mostStrangers = 20

    let tenants: [String: ControllerStatus.TenantStatus]
    /// Why tenants are held back, by name.
    let held: [(tenant: String, problems: [Problem])]
    let errors: [String]
    let warnings: [String]

    init(_ output: Reconciler.Output, _ unaccepted: Unaccepted, warnings: [String]) {
        let published = output.change.next.tenants
        let strangers = unaccepted.tenants.keys.filter { published[$0] == nil }.sorted()
        let untold = Set(strangers.dropFirst(Self.mostStrangers))
        held = output.held.filter { !untold.contains($0.key) }.sorted { $0.key < $1.key }
            .map { (tenant: $0.key, problems: $0.value) }
        errors = Self.bounded(output.commitProblems.map(\.description))
        let more =
            "and \(untold.count) more tenants, which were never published, are held back: no commit counts that makes them"
        self.warnings = (untold.isEmpty ? [] : [more]) + Self.bounded(warnings + output.warnings)
        var tenants: [String: ControllerStatus.TenantStatus] = [:]
        for name in Set(output.tenants.keys).union(output.held.keys).subtracting(untold) {
            let errors = Self.bounded(output.held[name, default: []].map(\.description))
            let compiled = output.tenants[name]
            let isHeld = !errors.isEmpty || !output.commitProblems.isEmpty
            tenants[name] = .init(
                phase: compiled == nil ? .pending : isHeld ? .heldBack : .inForce,
                sourceCommit: output.inForce[name]?.sourceCommit.description,
                networks: compiled?.networks.count ?? 0, nodes: compiled?.nodes.count ?? 0, errors: errors)
        }
        self.tenants = tenants
    }

    private static func bounded(_ lines: [String]) -> [String] {
        lines.count <= most ? lines : lines.prefix(most) + ["and \(lines.count - most) more"]
    }
}

internal import Foundation

extension ManagementAPI {
    /// The Prometheus text format, version 0.0.4.
    var metrics: String {
        let status = status.current
        let publication = board.current
        let observed = observations.all
        var text = MetricsText()
        text.add("cvlan_state_height", "Height of the state commit in force.", "gauge", Double(status.height))
        text.add(
            "cvlan_reconciles_total", "Runs of the reconcile loop that came to an end.", "counter",
            Double(status.reconciles))
        text.add(
            "cvlan_reconcile_failures_total", "Runs of the reconcile loop that failed.", "counter",
            Double(status.failures))
        text.add(
            "cvlan_reconcile_seconds", "How long the last run took.", "gauge", status.reconcileMilliseconds / 1000)
        text.add(
            "cvlan_held_back", "Whether the commit or a tenant is held back at its last good state.", "gauge",
            status.phase == .heldBack ? 1 : 0)
        text.add(
            "cvlan_tenants_held_back", "Tenants that are held back.", "gauge",
            Double(status.tenants.values.count { $0.phase != .inForce }))
        text.add(
            "cvlan_repository_trouble", "Whether the repository cannot be used now.", "gauge",
            status.trouble.isEmpty ? 0 : 1)
        text.add("cvlan_agents_connected", "Open watch streams.", "gauge", Double(sessions.count))
        text.begin("cvlan_nodes", "Nodes in force.", "gauge")
        text.begin("cvlan_nodes_converged", "Nodes whose data path matches the config in force.", "gauge")
        text.begin("cvlan_nodes_refusing", "Nodes that refused their last update.", "gauge")
        text.begin("cvlan_nodes_stale", "Nodes that demand to be vouched for, and are not.", "gauge")
        let now = seconds
        let byTenant = Dictionary(grouping: publication?.nodes ?? [:], by: \.key.tenant)
        for (tenant, nodes) in byTenant.sorted(by: { $0.key < $1.key }) {
            text.sample("cvlan_nodes", ["tenant": tenant], Double(nodes.count))
            let converged = nodes.count { key, node in
                observed[key].map { $0.isConverged && $0.generation == node.generation } ?? false
            }
            text.sample("cvlan_nodes_converged", ["tenant": tenant], Double(converged))
            text.sample(
                "cvlan_nodes_refusing", ["tenant": tenant],
                Double(nodes.count { key, _ in observed[key]?.refusal.isEmpty == false }))
            text.sample(
                "cvlan_nodes_stale", ["tenant": tenant],
                Double(nodes.count { key, _ in observed[key]?.staleness(at: now) != nil }))
        }
        return text.description
    }
}

/// Metrics, grouped by name as the format wants it.
struct MetricsText: CustomStringConvertible {
    private var order: [String] = []
    private var groups: [String: String] = [:]

    mutating func begin(_ name: String, _ help: String, _ type: String) {
        order.append(name)
        groups[name] = "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// Label values are names: nothing in them needs an escape.
    mutating func sample(_ name: String, _ labels: [String: String], _ value: Double) {
        let text = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
        let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        groups[name, default: ""] += name + (text.isEmpty ? "" : "{\(text)}") + " \(number)\n"
    }

    mutating func add(_ name: String, _ help: String, _ type: String, _ value: Double) {
        begin(name, help, type)
        sample(name, [:], value)
    }

    var description: String { order.compactMap { groups[$0] }.joined() }
}

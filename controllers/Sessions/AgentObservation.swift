package import WireFormat

/// What an agent last said of itself. Observed, never decided: losing it costs a report interval.
package struct AgentObservation: Codable, Sendable, Equatable {
    /// Seconds since 1970.
    package var lastSeen: Int64
    package var generation: UInt64
    /// Hex SHA-256 of the config in force.
    package var digest: String
    package var isConverged: Bool
    package var drift: [String]
    package var errors: [String]
    /// `REASON: DETAIL` of the last refused update; empty: none since.
    package var refusal: String
    /// `ADDRESS` the report came from.
    package var address: String
    package var agentVersion: String
    /// By CVLAN: where the node says it can be reached.
    package var endpoints: [String: [String]]

    private static let maximumLines = 32
    private static let maximumText = 512

    /// Agents' texts are foreign: bounded, and without what could disturb a terminal.
    package init(_ report: WireReport, address: String, at seconds: Int64) {
        lastSeen = seconds
        generation = report.generationInForce
        digest = report.configDigest.prefix(32).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        isConverged = report.converged
        drift = report.drift.prefix(Self.maximumLines).map(Self.plain)
        errors = report.errors.prefix(Self.maximumLines).map(Self.plain)
        refusal =
            report.hasRefusal ? "\(Self.plain(report.refusal.reason)): \(Self.plain(report.refusal.detail))" : ""
        self.address = address
        agentVersion = String(Self.plain(report.agentVersion).prefix(64))
        endpoints = Dictionary(
            report.networks.prefix(Self.maximumLines).map { network in
                (Self.plain(network.cvlan), network.endpoints.prefix(Self.maximumLines).map(Self.plain))
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(maximumText) {
            result.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return result
    }
}

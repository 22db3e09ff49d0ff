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

    /// `nil`: from an agent that says nothing of it.
    package var freshness: Freshness?

    /// What it says of the timestamps that vouch for its config.
    package struct Freshness: Codable, Sendable, Equatable {
        package var isRequired: Bool
        /// When the last one runs out, in seconds since 1970; 0: it has none.
        package var until: Int64
        /// Why it misses one; empty: it does not, or does not mind.
        package var stale: String
        /// `REASON: DETAIL` of one that it refused since; empty: none.
        package var refusal: String
    }

    /// Why nobody vouches any more for what the node runs, or why it does not believe it; `nil` where all is well, and
    /// where the node does not demand it.
    ///
    /// - Parameter now: in seconds since 1970. An agent that cannot report is stale too when its time is over.
    package func staleness(at now: Int64) -> String? {
        guard let freshness else { return nil }
        let refusal = freshness.refusal.isEmpty ? "" : "refused \(freshness.refusal)"
        var stale = freshness.stale
        if stale.isEmpty, freshness.isRequired, freshness.until <= now {
            stale = "nothing was heard of it since its last timestamp ran out"
        }
        let parts = [stale, refusal].filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

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
        refusal = report.hasRefusal ? Self.text(report.refusal) : ""
        freshness = report.hasFreshness ? Freshness(report.freshness) : nil
        self.address = address
        agentVersion = String(Self.plain(report.agentVersion).prefix(64))
        endpoints = Dictionary(
            report.networks.prefix(Self.maximumLines).map { network in
                (Self.plain(network.cvlan), network.endpoints.prefix(Self.maximumLines).map(Self.plain))
            }, uniquingKeysWith: { first, _ in first })
    }

    fileprivate static func text(_ refusal: WireRefusal) -> String {
        "\(plain(refusal.reason)): \(plain(refusal.detail))"
    }

    fileprivate static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(maximumText) {
            result.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return result
    }
}

extension AgentObservation.Freshness {
    fileprivate init(_ wire: WireFreshness) {
        self.init(
            isRequired: wire.required, until: wire.expires, stale: AgentObservation.plain(wire.stale),
            refusal: wire.hasRefusal ? AgentObservation.text(wire.refusal) : "")
    }
}

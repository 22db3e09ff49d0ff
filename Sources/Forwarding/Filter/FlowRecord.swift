package import Addressing

/// A flow as people and programs see it.
package struct FlowRecord: Hashable, Sendable {
    package let protocolNumber: UInt8
    /// Who opened it.
    package let source: IPAddress
    package let sourcePort: UInt16
    package let destination: IPAddress
    package let destinationPort: UInt16
    package let stage: FlowStage
    /// Name of the rule that let it in; `nil`: the default did.
    package let rule: String?
    package let idleSeconds: UInt32
}

extension PacketFilter {
    /// Flows, at most `limit`. A flow that the policy in force has not judged yet has no rule.
    package func flowRecords(limit: Int, at now: UInt32) -> [FlowRecord] {
        var records: [FlowRecord] = []
        guard limit > 0 else { return [] }
        forEachFlow { entry, rule in
            guard now < entry.lastSeen || now - entry.lastSeen < entry.stage.timeout else { return true }
            records.append(
                FlowRecord(
                    protocolNumber: entry.key.protocolNumber,
                    source: IPAddress(family: entry.key.family, value: entry.opener.address),
                    sourcePort: entry.opener.port,
                    destination: IPAddress(family: entry.key.family, value: entry.target.address),
                    destinationPort: entry.targetPort, stage: entry.stage, rule: rule,
                    idleSeconds: now > entry.lastSeen ? now - entry.lastSeen : 0))
            return records.count < limit
        }
        return records
    }
}

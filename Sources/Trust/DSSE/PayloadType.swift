/// What an envelope holds. It is part of what is signed, so that a signature on one kind never passes for another.
package enum PayloadType: String, Sendable, CaseIterable {
    case root = "application/vnd.cvlan.root.v1+protobuf"
    case nodeConfig = "application/vnd.cvlan.nodeconfig.v1+protobuf"
    case timestamp = "application/vnd.cvlan.timestamp.v1+protobuf"

    /// The longest payload that is taken, in bytes.
    package var maximumPayload: Int {
        switch self {
        case .root: 256 << 10
        case .nodeConfig: 4 << 20
        case .timestamp: 1 << 10
        }
    }
}

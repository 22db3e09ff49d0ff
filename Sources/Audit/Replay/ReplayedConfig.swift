internal import FoundationEssentials
internal import Manifests
package import OverlayNetwork
internal import WireFormat

/// The configuration of one node, as it was published: the payload that is signed, and the segments that it names.
package struct ReplayedConfig: Sendable {
    package let node: CompiledNode
    /// In the order in which the config names them, each once.
    package let segments: [ContentSegment]

    init(_ node: CompiledNode, in tenant: CompiledTenant) {
        self.node = node
        let all = tenant.segments
        var seen: Set<Data> = []
        segments = node.config.networks.flatMap { $0.peerSegments + $0.addressSetSegments + $0.ruleSegments }
            .filter { seen.insert($0).inserted }.compactMap { all[$0] }
    }

    /// The encoded `NodeConfig`: what the controller signed.
    package var bytes: [UInt8] { node.payload }

    /// Protobuf's JSON of the config and its segments, in the order of the fields, in one line: equal configs have equal
    /// text.
    package func json() throws -> String {
        let parts = try segments.map { segment in
            "{\"digest\":\"\(ContentDigest(bytes: segment.digest).map(\.description) ?? "")\",\"segment\":"
                + (try WireSegment(serializedBytes: segment.bytes).jsonString()) + "}"
        }
        return "{\"version\":1,\"digest\":\"\(node.digest)\",\"config\":\(try node.config.jsonString()),"
            + "\"segments\":[\(parts.joined(separator: ","))]}\n"
    }
}

internal import FoundationEssentials
package import Manifests
package import WireFormat

/// What one node is to run.
package struct CompiledNode: Sendable {
    package let name: String
    package let node: Node
    /// With generation and source commit.
    package let config: WireNodeConfig
    package let digest: ContentDigest
    /// Whether it differs from what is published, or nothing is.
    package let isChanged: Bool
    /// The commit of main that the generation came from.
    package let sourceCommit: SourceCommit

    package var generation: UInt64 { config.generation }

    /// The payload that is signed.
    package var payload: [UInt8] { Self.encode(config) }

    static func encode(_ config: WireNodeConfig) -> [UInt8] {
        // Encoding fails for messages with required fields alone, which proto3 does not have.
        guard let bytes: [UInt8] = try? config.serializedBytes() else {
            preconditionFailure("a proto3 message can always be encoded")
        }
        return bytes
    }
}

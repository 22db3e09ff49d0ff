internal import FoundationEssentials
package import Sodium
package import WireFormat

/// Signs the configurations of nodes.
package struct ConfigSigner: Sendable {
    private let key: Ed25519.PrivateKey

    package init(key: Ed25519.PrivateKey) {
        self.key = key
    }

    /// The same config always gives the same bytes.
    package func sign(_ config: WireNodeConfig) throws -> WireEnvelope {
        WireEnvelope(signing: try config.serializedBytes(), as: .nodeConfig, by: [key])
    }
}

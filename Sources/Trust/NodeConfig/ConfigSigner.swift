package import FoundationEssentials
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
        sign(payload: try config.serializedBytes())
    }

    /// A config that is encoded already.
    package func sign(payload: Data) -> WireEnvelope {
        WireEnvelope(signing: payload, as: .nodeConfig, by: [key])
    }
}

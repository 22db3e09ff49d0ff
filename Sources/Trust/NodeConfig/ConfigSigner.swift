package import FoundationEssentials
package import Sodium
package import WireFormat

/// Signs the configurations of nodes.
package struct ConfigSigner: Sendable {
    private let key: any Ed25519.SigningKey

    package init(key: any Ed25519.SigningKey) {
        self.key = key
    }

    /// The same config always gives the same bytes.
    package func sign(_ config: WireNodeConfig) throws -> WireEnvelope {
        try sign(payload: try config.serializedBytes())
    }

    /// A config that is encoded already.
    package func sign(payload: Data) throws -> WireEnvelope {
        try WireEnvelope(signing: payload, as: .nodeConfig, by: [key])
    }
}

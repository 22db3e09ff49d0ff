package import Sodium
package import WireFormat

/// Signs that configurations are in force.
package struct TimestampSigner: Sendable {
    private let key: any Ed25519.SigningKey

    package init(key: any Ed25519.SigningKey) {
        self.key = key
    }

    package func sign(_ timestamp: ConfigTimestamp) throws -> WireEnvelope {
        try WireEnvelope(signing: try timestamp.payload(), as: .timestamp, by: [key])
    }
}

package import Foundation
package import Sodium
package import Trust

/// What a node proves itself by in IKE: the certificate that enrolment gave it, which the controller knows it by, too.
package struct IPsecCredentials: Sendable {
    package let identity: NodeIdentity
    /// DER, the node's own first.
    package let certificates: [Data]
    /// PKCS#8 in PEM.
    package let privateKey: SecretBytes
    /// DER; who vouches for the other nodes.
    package let anchors: [Data]
    /// Tells these from others, without the key: that belongs to the first certificate.
    package let digest: String

    package init(identity: NodeIdentity, certificates: [Data], privateKey: SecretBytes, anchors: [Data]) {
        self.identity = identity
        self.certificates = certificates
        self.privateKey = privateKey
        self.anchors = anchors
        // Each is an encoding with its own length, so no two lists have the same bytes but by the cut between them.
        let marker: [UInt8] = [UInt8(truncatingIfNeeded: certificates.count)]
        digest = Hex.encode(SHA256Digest.of(marker + (certificates + anchors).flatMap { Array($0) }))
    }

    /// Another node of the same tenant, as it calls itself.
    package func identity(of node: String) -> String? {
        NodeIdentity(trustDomain: identity.trustDomain, tenant: identity.tenant, node: node)?.description
    }
}

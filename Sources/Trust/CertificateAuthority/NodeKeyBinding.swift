package import FoundationEssentials
internal import Sodium
internal import SwiftASN1
package import X509

/// Ties a node's certificate to the node's X25519 key: the serialNumber of the subject (X.520 §6.2.9) is the hex SHA-256
/// of it. A machine whose key was replaced in the manifests is out then, though its certificate still holds.
package struct NodeKeyBinding: RelativeDistinguishedNameConvertible {
    /// 32 bytes.
    private let nodeKey: Data

    private static let attribute: ASN1ObjectIdentifier = [2, 5, 4, 5]

    package init(nodeKey: Data) {
        self.nodeKey = nodeKey
    }

    package var serialNumber: String { Hex.encode(SHA256Digest.of(nodeKey)) }

    package func makeRDN() throws -> RelativeDistinguishedName {
        RelativeDistinguishedName(try .init(type: Self.attribute, printableString: serialNumber))
    }
}

extension CertificateChain {
    /// Whether the leaf was issued to the machine with this X25519 key.
    package func isBound(toNodeKey key: Data) -> Bool {
        guard let leaf = certificates.first, let subject = try? Certificate(der: leaf).subject,
            let binding = try? NodeKeyBinding(nodeKey: key).makeRDN()
        else { return false }
        return subject.contains(binding)
    }
}

package import Addressing
internal import DiffSync
package import Sodium
package import WireFormat

extension DataPathRecord {
    /// What an interface proves itself by to its peers by IPsec.
    ///
    /// `cvland` takes it and never shows it again: what is observed is what this agent gave it last (`WrittenSecrets`).
    package struct IPsecIdentity: Equatable, Sendable {
        package var interface: String
        package var digest: String
        /// Absent on the side that is observed.
        package var credentials: IPsecCredentials?

        package static func == (a: IPsecIdentity, b: IPsecIdentity) -> Bool {
            a.interface == b.interface && a.digest == b.digest
        }
    }

    /// The other end of an IPsec link: a node of the network, or a device without our agent.
    package struct IPsecPeer: Equatable, Sendable {
        package var interface: String
        package var name: String
        /// Sorted, as all lists here but `endpoints`.
        package var allowedIPs: [IPPrefix]
        /// Traffic selectors of our side; empty: everything.
        package var local: [IPPrefix]
        /// "ADDRESS:PORT", best first.
        package var endpoints: [String]
        package var start: WireIPsecStart
        package var profile: String
        package var localIdentity: String
        package var remoteIdentity: String
        /// Of its certificate's subject; empty: any. Of a node, what ties the certificate to its key: who had the name before
        /// is out.
        package var remoteSerialNumber = ""
        /// DER; empty: the interface's.
        package var anchors: [[UInt8]]
        /// Of the preshared key or password as it lies in git, sealed: tells nobody what it is. Empty: there is none, or
        /// nobody knows which was put.
        package var secretDigest: String
        /// Absent on the side that is observed.
        package var presharedKey: SecretBytes?
        /// How whoever uses the device logs in; `nil`: nobody does.
        package var login: Login?
        /// What the device gets when it asks; follows from the rest.
        package var pool: WireIPsecPool?

        package static func == (a: IPsecPeer, b: IPsecPeer) -> Bool {
            a.interface == b.interface && a.name == b.name && a.fields == b.fields
        }

        var fields: [Field] {
            [
                Field("allowedIPs", list: allowedIPs), Field("local", list: local), Field("start", start.rawValue),
                Field("profile", profile), Field("localIdentity", localIdentity),
                Field("remoteIdentity", remoteIdentity), Field("remoteSerialNumber", remoteSerialNumber),
                Field("authorities", list: anchors.map { Hex.encode(SHA256Digest.of($0)) }),
                Field("login", login?.description ?? ""), Field("secret", secretDigest),
                Field("endpoint", endpoints.joined(separator: ", ")),
            ]
        }
    }

    /// EAP (RFC 7296 §2.16).
    package enum Login: Equatable, Sendable, CustomStringConvertible {
        case certificate
        /// The password is absent on the side that is observed; that it is the same, the digest tells.
        case password(user: String, SecretBytes?)

        package static func == (a: Login, b: Login) -> Bool { a.description == b.description }

        package var description: String {
            switch self {
            case .certificate: "tls"
            case .password(let user, _): "mschapv2 \(user)"
            }
        }
    }
}

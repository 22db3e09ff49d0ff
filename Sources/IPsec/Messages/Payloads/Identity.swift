package import Addressing

/// Who a peer says it is, understood.
package enum Identity: Hashable, Sendable {
    case address(IPAddress)
    /// A host's name, also that of what is no host.
    case fqdn(String)
    case email(String)
    /// A DER Name (RFC 5280 §4.1.2.4).
    case distinguishedName([UInt8])
    /// A DER GeneralName (RFC 5280 §4.2.1.6).
    case generalName([UInt8])
    /// Bytes that mean something to both sides.
    case keyID([UInt8])
    /// Nobody in particular (RFC 7619).
    case null
}

internal import IPsec

/// The process's UDP ports for IPsec.
package struct IPsecPorts: Sendable {
    /// For IKE alone.
    package let plain: UInt16
    /// For ESP, and IKE after a marker.
    package let encapsulated: UInt16

    package init(plain: UInt16, encapsulated: UInt16) {
        self.plain = plain
        self.encapsulated = encapsulated
    }

    /// As RFC 7296 and RFC 3948 have them.
    package static let standard = IPsecPorts(
        plain: IKEPath.plainPort, encapsulated: IKEPath.encapsulationPort)
}

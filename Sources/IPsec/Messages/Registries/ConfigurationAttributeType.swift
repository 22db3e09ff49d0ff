/// What a configuration attribute gives or asks for (RFC 7296 §3.15.1).
package struct ConfigurationAttributeType: Registered {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let internalIPv4Address = ConfigurationAttributeType(rawValue: 1)
    package static let internalIPv4Netmask = ConfigurationAttributeType(rawValue: 2)
    package static let internalIPv4DNS = ConfigurationAttributeType(rawValue: 3)
    package static let internalIPv4NBNS = ConfigurationAttributeType(rawValue: 4)
    package static let internalIPv4DHCP = ConfigurationAttributeType(rawValue: 6)
    package static let applicationVersion = ConfigurationAttributeType(rawValue: 7)
    package static let internalIPv6Address = ConfigurationAttributeType(rawValue: 8)
    package static let internalIPv6DNS = ConfigurationAttributeType(rawValue: 10)
    package static let internalIPv6DHCP = ConfigurationAttributeType(rawValue: 12)
    package static let internalIPv4Subnet = ConfigurationAttributeType(rawValue: 13)
    package static let supportedAttributes = ConfigurationAttributeType(rawValue: 14)
    package static let internalIPv6Subnet = ConfigurationAttributeType(rawValue: 15)
    /// RFC 8598: a domain that the internal DNS servers answer for.
    package static let internalDNSDomain = ConfigurationAttributeType(rawValue: 25)

    package var name: String? {
        switch self {
        case .internalIPv4Address: "INTERNAL_IP4_ADDRESS"
        case .internalIPv4Netmask: "INTERNAL_IP4_NETMASK"
        case .internalIPv4DNS: "INTERNAL_IP4_DNS"
        case .internalIPv4NBNS: "INTERNAL_IP4_NBNS"
        case .internalIPv4DHCP: "INTERNAL_IP4_DHCP"
        case .applicationVersion: "APPLICATION_VERSION"
        case .internalIPv6Address: "INTERNAL_IP6_ADDRESS"
        case .internalIPv6DNS: "INTERNAL_IP6_DNS"
        case .internalIPv6DHCP: "INTERNAL_IP6_DHCP"
        case .internalIPv4Subnet: "INTERNAL_IP4_SUBNET"
        case .supportedAttributes: "SUPPORTED_ATTRIBUTES"
        case .internalIPv6Subnet: "INTERNAL_IP6_SUBNET"
        case .internalDNSDomain: "INTERNAL_DNS_DOMAIN"
        default: nil
        }
    }
}

package import Addressing

extension Configuration {
    package func contains(_ type: ConfigurationAttributeType) -> Bool {
        attributes.contains { $0.type == type }
    }

    /// INTERNAL_IP4_ADDRESS and INTERNAL_IP6_ADDRESS. In a request, those that the peer would like to have again; empty ones,
    /// and all zeros, ask for any.
    package var addresses: [IPAddress] {
        attributes.compactMap { attribute in
            switch attribute.type {
            case .internalIPv4Address: attribute.value.count == 4 ? IPAddress(bytes: attribute.value) : nil
            // 16 bytes of address, 1 of prefix length.
            case .internalIPv6Address: attribute.value.count == 17 ? IPAddress(bytes: attribute.value.prefix(16)) : nil
            default: nil
            }
        }.filter { $0.value != 0 }
    }

    package var dnsServers: [IPAddress] {
        attributes.compactMap { attribute in
            switch attribute.type {
            case .internalIPv4DNS: attribute.value.count == 4 ? IPAddress(bytes: attribute.value) : nil
            case .internalIPv6DNS: attribute.value.count == 16 ? IPAddress(bytes: attribute.value) : nil
            default: nil
            }
        }
    }

    /// INTERNAL_IP4_SUBNET and INTERNAL_IP6_SUBNET: what is behind the gateway.
    package var subnets: [IPPrefix] {
        attributes.compactMap { attribute in
            switch attribute.type {
            case .internalIPv4Subnet where attribute.value.count == 8:
                Self.prefix(attribute.value.prefix(4), mask: attribute.value.suffix(4))
            case .internalIPv6Subnet where attribute.value.count == 17:
                IPAddress(bytes: attribute.value.prefix(16)).flatMap { IPPrefix($0, length: Int(attribute.value[16])) }
            default: nil
            }
        }.map(\.network)
    }

    /// INTERNAL_DNS_DOMAIN (RFC 8598 §4.1), in the form in which people write names. Those that are no names are left out.
    package var dnsDomains: [String] {
        attributes.filter { $0.type == .internalDNSDomain }.compactMap { PrintableText.decodeDomain($0.value) }
    }

    /// Only a mask of leading ones is the mask of a prefix.
    private static func prefix(_ address: ArraySlice<UInt8>, mask: ArraySlice<UInt8>) -> IPPrefix? {
        let bits = mask.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let length = (~bits).leadingZeroBitCount
        guard bits << UInt32(length) == 0 else { return nil }
        return IPAddress(bytes: address).flatMap { IPPrefix($0, length: length) }
    }
}

extension Configuration.Attribute {
    /// The address that a peer is to have inside.
    package static func address(_ address: IPAddress) -> Self {
        switch address.family {
        case .v4: Self(.internalIPv4Address, address.bytes)
        case .v6: Self(.internalIPv6Address, address.bytes + [128])
        }
    }

    package static func dnsServer(_ address: IPAddress) -> Self {
        Self(address.family == .v4 ? .internalIPv4DNS : .internalIPv6DNS, address.bytes)
    }

    package static func subnet(_ prefix: IPPrefix) -> Self {
        switch prefix.family {
        case .v4:
            var writer = ByteWriter()
            writer.write(prefix.firstAddress.bytes)
            writer.write(prefix.length == 0 ? 0 : UInt32.max << UInt32(32 - prefix.length))
            return Self(.internalIPv4Subnet, writer.bytes)
        case .v6:
            return Self(.internalIPv6Subnet, prefix.firstAddress.bytes + [UInt8(prefix.length)])
        }
    }

    package static func dnsDomain(_ name: String) -> Self {
        Self(.internalDNSDomain, Array(name.utf8))
    }
}

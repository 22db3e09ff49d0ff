internal import Addressing

/// Addresses, DNS servers and subnets by configuration payloads (RFC 7296 §2.19, §3.15; RFC 8598).
extension IKEHost {
    // MARK: As responder

    /// What answers a peer's request; nothing to one that asks for nothing, or where there is nothing to give.
    func configurationAnswer(
        _ content: MessageContent, _ session: Session, _ record: ConnectionRecord
    ) throws(ChildRefusal) -> [Payload] {
        guard let request = content.configuration, request.kind == .request,
            let pool = session.connection.addressPool
        else { return [] }
        let types = Set(request.attributes.map(\.type))
        var families: Set<IPFamily> = []
        if types.contains(.internalIPv4Address) { families.insert(.v4) }
        if types.contains(.internalIPv6Address) { families.insert(.v6) }
        guard !families.isEmpty else { return [] }
        let addresses = record.addresses.take(for: session.peer, families)
        guard !addresses.isEmpty else { throw ChildRefusal(.internalAddressFailure, .noAddress) }
        session.addresses = AssignedAddresses(
            addresses: addresses, dnsServers: pool.dnsServers, dnsDomains: pool.dnsDomains, subnets: pool.subnets)
        return [.configuration(Configuration(.reply, Self.attributes(session.addresses)))]
    }

    private static func attributes(_ assigned: AssignedAddresses) -> [Configuration.Attribute] {
        typealias Attribute = Configuration.Attribute
        var attributes = assigned.addresses.flatMap { address in
            address.family == .v4
                ? [
                    Attribute(.internalIPv4Address, address.bytes),
                    // Hosts that route by it must see nobody else on the link.
                    Attribute(.internalIPv4Netmask, [255, 255, 255, 255]),
                ] : [Attribute(.internalIPv6Address, address.bytes + [128])]
        }
        let families = Set(assigned.addresses.map(\.family))
        attributes += assigned.dnsServers.filter { families.contains($0.family) }.map {
            Attribute($0.family == .v4 ? .internalIPv4DNS : .internalIPv6DNS, $0.bytes)
        }
        attributes += assigned.subnets.filter { families.contains($0.family) }.map { subnet in
            subnet.family == .v4
                ? Attribute(.internalIPv4Subnet, subnet.firstAddress.bytes + subnet.netmask.bytes)
                : Attribute(.internalIPv6Subnet, subnet.firstAddress.bytes + [UInt8(subnet.length)])
        }
        attributes += assigned.dnsDomains.map { Attribute(.internalDNSDomain, Array($0.utf8)) }
        return attributes
    }

    // MARK: As initiator

    func configurationRequest(_ connection: Connection) -> Configuration? {
        let families = connection.requestsAddresses.sorted()
        guard !families.isEmpty else { return nil }
        return Configuration(
            .request,
            families.flatMap { family -> [Configuration.Attribute] in
                family == .v4
                    ? [.init(.internalIPv4Address), .init(.internalIPv4DNS), .init(.internalIPv4Subnet)]
                    : [.init(.internalIPv6Address), .init(.internalIPv6DNS), .init(.internalIPv6Subnet)]
            } + [.init(.internalDNSDomain)])
    }

    /// Takes what the peer gives. What cannot be read is passed over.
    func takeConfiguration(_ content: MessageContent, _ session: Session) {
        guard !session.connection.requestsAddresses.isEmpty, let reply = content.configuration, reply.kind == .reply
        else { return }
        var assigned = AssignedAddresses()
        for attribute in reply.attributes {
            let value = attribute.value
            switch attribute.type {
            case .internalIPv4Address: assigned.addresses += IPAddress(bytes: value).map { [$0] } ?? []
            case .internalIPv6Address: assigned.addresses += IPAddress(bytes: value.prefix(16)).map { [$0] } ?? []
            case .internalIPv4DNS, .internalIPv6DNS: assigned.dnsServers += IPAddress(bytes: value).map { [$0] } ?? []
            case .internalIPv4Subnet: assigned.subnets += IPPrefix(addressAndMask: value).map { [$0] } ?? []
            case .internalIPv6Subnet: assigned.subnets += IPPrefix(addressAndLength: value).map { [$0] } ?? []
            case .internalDNSDomain: assigned.dnsDomains += DomainName.decode(value).map { [$0] } ?? []
            default: break
            }
        }
        session.addresses = assigned
        events.append(.addressesAssigned(session.connection.id, assigned))
    }
}

/// A DNS domain as a peer sends it.
private enum DomainName {
    static let maximumCount = 253

    static func decode(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty, bytes.count <= maximumCount, bytes.allSatisfy(isAllowed) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension IPPrefix {
    /// IPv4: ones for the bits that count.
    fileprivate var netmask: IPAddress {
        IPAddress(v4: length == 0 ? 0 : UInt32.max << UInt32(32 - length))
    }

    /// INTERNAL_IP4_SUBNET.
    fileprivate init?(addressAndMask bytes: [UInt8]) {
        guard bytes.count == 8, let address = IPAddress(bytes: bytes[..<4]) else { return nil }
        let mask = bytes[4...].reduce(0) { $0 << 8 | UInt32($1) }
        let length = (~mask).leadingZeroBitCount
        guard mask.nonzeroBitCount == length, let prefix = IPPrefix(address, length: length) else { return nil }
        self = prefix.network
    }

    /// INTERNAL_IP6_SUBNET.
    fileprivate init?(addressAndLength bytes: [UInt8]) {
        guard bytes.count == 17, let address = IPAddress(bytes: bytes[..<16]),
            let prefix = IPPrefix(address, length: Int(bytes[16]))
        else { return nil }
        self = prefix.network
    }
}

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
        var families: Set<IPFamily> = []
        if request.contains(.internalIPv4Address) { families.insert(.v4) }
        if request.contains(.internalIPv6Address) { families.insert(.v6) }
        guard !families.isEmpty else { return [] }
        let addresses = record.addresses.take(for: session.peer, families)
        guard !addresses.isEmpty else { throw ChildRefusal(.internalAddressFailure, .noAddress) }
        session.addresses = AssignedAddresses(
            addresses: addresses, dnsServers: pool.dnsServers, dnsDomains: pool.dnsDomains, subnets: pool.subnets)
        return [.configuration(Configuration(.reply, Self.attributes(session.addresses)))]
    }

    private static func attributes(_ assigned: AssignedAddresses) -> [Configuration.Attribute] {
        let families = Set(assigned.addresses.map(\.family))
        var attributes = assigned.addresses.map { Configuration.Attribute.address($0) }
        // Hosts that route by it must see nobody else on the link.
        if families.contains(.v4) { attributes.append(.init(.internalIPv4Netmask, [255, 255, 255, 255])) }
        attributes += assigned.dnsServers.filter { families.contains($0.family) }.map { .dnsServer($0) }
        attributes += assigned.subnets.filter { families.contains($0.family) }.map { .subnet($0) }
        attributes += assigned.dnsDomains.map { .dnsDomain($0) }
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
        let assigned = AssignedAddresses(
            addresses: reply.addresses, dnsServers: reply.dnsServers, dnsDomains: reply.dnsDomains,
            subnets: reply.subnets)
        session.addresses = assigned
        events.append(.addressesAssigned(session.connection.id, assigned))
    }
}

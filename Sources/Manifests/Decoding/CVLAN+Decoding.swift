internal import Addressing

extension CVLAN {
    /// Reads `spec` into a network that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> CVLAN? {
        let cidrs = fields.optional(
            "cidrs", .cidrs, "The network's prefixes, IPv4 and IPv6.")
        let auto = fields.optional(
            "auto", .auto, "Prefixes of these lengths are cut from the tenant's pools.")
        let isWritten = fields.alternatives(["cidrs", "auto"])
        let range: AddressRangeSource? =
            switch (isWritten.count, isWritten.first) {
            case (0, _):
                fields.refuse(.missingField, at: fields.span, "`spec` must have `cidrs` or `auto`")
            case (1, "cidrs"): cidrs.value.map(AddressRangeSource.cidrs)
            case (1, _): auto.value
            default: fields.refuse(.badValue, at: auto.span, "`cidrs` and `auto` exclude each other")
            }
        // Read whatever `range` is, so that all that is wrong is reported.
        var cvlan = CVLAN(metadata: metadata, range: range ?? .cidrs([]))
        cvlan.$linkProtocol = fields.optional(
            "protocol", .choice,
            "How links are encrypted. Left out: the tenant's default. A node that demands ipsec makes its links ipsec."
        )
        cvlan.$ipsecProfile = fields.optional(
            "ipsecProfile", .choice,
            "Which algorithms IPsec links may use. Left out: the tenant's default.")
        cvlan.$topology = fields.value(
            "topology", .choice, default: cvlan.topology,
            "Who peers with whom: all with all, or all with gateways.")
        cvlan.$mtu = fields.optional(
            "mtu", .mtu,
            "Bytes in the largest packet. Left out: what the path allows.")
        cvlan.$keepalive = fields.optional(
            "keepalive", .duration, "How often an idle link sends something, like 25s. Left out: never.")
        cvlan.reserved =
            fields.value(
                "reserved", .reserved, default: [],
                "Addresses that are never allocated."
            ).value
        if let dns = fields.optional("dns", .dns, "Names in the network.").value {
            cvlan.$dnsDomain = dns.domain
            cvlan.dnsRoutes = dns.routes
        } else {
            cvlan.$dnsDomain.span = fields.span
        }
        return range == nil ? nil : cvlan
    }
}

extension FieldReader {
    fileprivate func refuse(
        _ kind: ManifestProblem.Kind, at span: SourceSpan, _ message: String
    ) -> CVLAN.AddressRangeSource? {
        context.report(kind, at: span, message)
        return nil
    }
}

extension FieldType where Value == CVLAN.AddressRangeSource {
    fileprivate static let auto = mapping { fields in
        let v4 = fields.optional(
            "v4", .autoLength4, "Length of the IPv4 prefix.")
        let v6 = fields.optional(
            "v6", .autoLength6, "Length of the IPv6 prefix.")
        return .auto(
            v4: v4.value.map { Located($0, at: v4.span) }, v6: v6.value.map { Located($0, at: v6.span) })
    }.validated("minProperties", 1)
}

extension FieldType where Value == [Located<IPPrefix>] {
    fileprivate static let cidrs = locatedList(of: .prefix).validated("minItems", 1).validated("maxItems", 16)
}

extension FieldType where Value == [Located<AddressRange>] {
    fileprivate static let reserved = locatedList(of: .range).validated("maxItems", 1024)
}

extension FieldType where Value == Int {
    fileprivate static let mtu = integer(validatedIn: CVLAN.mtus)
    fileprivate static let autoLength4 = integer(validatedIn: CVLAN.autoLengths.v4)
    fileprivate static let autoLength6 = integer(validatedIn: CVLAN.autoLengths.v6)
}

private struct DNSFields {
    var domain: Located<String?>
    var routes: [CVLAN.DNSRoute]
}

extension FieldType where Value == DNSFields {
    fileprivate static let dns = mapping { fields in
        DNSFields(
            domain: fields.optional(
                "domain", .domain, "What node names end in. Left out: CVLAN.DOMAIN of the tenant."),
            routes: fields.list("routes", of: .dnsRoute, "Split DNS: which names go to which servers."))
    }
}

extension FieldType where Value == CVLAN.DNSRoute {
    fileprivate static let dnsRoute = mapping { fields in
        let suffix = fields.required("suffix", .domain, "Names that end in this domain.")
        let servers = fields.required(
            "servers", .locatedList(of: .address).validated("minItems", 1), "DNS servers that know them.")
        guard let suffix, let servers else { return nil }
        return CVLAN.DNSRoute(suffix: suffix, servers: servers.value)
    }
}

extension CVLAN {
    /// Reads `spec` into a network that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> CVLAN? {
        let cidrs = fields.optional("cidrs", .locatedList(of: .prefix))
        let auto = fields.optional("auto", .auto)
        let range: AddressRangeSource? =
            switch (fields.isPresent("cidrs"), fields.isPresent("auto")) {
            case (true, false): cidrs.value.map(AddressRangeSource.cidrs)
            case (false, true): auto.value
            case (false, false): fields.refuse(.missingField, at: fields.span, "`spec` must have `cidrs` or `auto`")
            case (true, true): fields.refuse(.badValue, at: auto.span, "`cidrs` and `auto` exclude each other")
            }
        // Read whatever `range` is, so that all that is wrong is reported.
        var cvlan = CVLAN(metadata: metadata, range: range ?? .cidrs([]))
        cvlan.$linkProtocol = fields.optional("protocol", .choice)
        cvlan.$ipsecProfile = fields.optional("ipsecProfile", .choice)
        cvlan.$topology = fields.value("topology", .choice, default: cvlan.topology)
        cvlan.$mtu = fields.optional("mtu", .integer)
        cvlan.$keepalive = fields.optional("keepalive", .duration)
        cvlan.reserved = fields.locatedList("reserved", of: .range)
        if let dns = fields.optional("dns", .dns).value {
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
        let v4 = fields.optional("v4", .integer)
        let v6 = fields.optional("v6", .integer)
        return .auto(
            v4: v4.value.map { Located($0, at: v4.span) }, v6: v6.value.map { Located($0, at: v6.span) })
    }
}

private struct DNSFields {
    var domain: Located<String?>
    var routes: [CVLAN.DNSRoute]
}

extension FieldType where Value == DNSFields {
    fileprivate static let dns = mapping { fields in
        DNSFields(domain: fields.optional("domain", .domain), routes: fields.list("routes", of: .dnsRoute))
    }
}

extension FieldType where Value == CVLAN.DNSRoute {
    fileprivate static let dnsRoute = mapping { fields in
        let suffix = fields.required("suffix", .domain)
        let servers = fields.required("servers", .locatedList(of: .address))
        guard let suffix, let servers else { return nil }
        return CVLAN.DNSRoute(suffix: suffix, servers: servers.value)
    }
}

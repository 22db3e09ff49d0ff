internal import Addressing

extension FieldType where Value == IPsecConnection {
    static let ipsec = mapping { fields in
        let gateway = fields.optional(
            "gateway", .label,
            "The node that holds the tunnel, a gateway of the same networks. Left out: the only one there.")
        let address = fields.optional(
            "address", .host, "Where the device is reached. Left out: it calls the gateway.")
        let port = fields.value(
            "port", .ikePort, default: IPsecConnection.defaultPort, "Its UDP port for IKE.")
        let identity = fields.required(
            "identity", .identity, "What the device calls itself: a name, an address, a URI or a distinguished name.")
        let localIdentity = fields.optional(
            "localIdentity", .identity, "What the gateway calls itself. Left out: its SPIFFE URI.")
        let secret = fields.optional(
            "secret", .label, "The Secret that holds the preshared key, or with `eap: mschapv2` the password.")
        let authorities = fields.optional(
            "ca", .string, "The authorities that the device's certificate must come from, in PEM.")
        let written = fields.alternatives(["secret", "ca"])
        let eap = fields.optional(
            "eap", .choice as FieldType<EAPMethod>,
            "How whoever uses the device logs in: by name and password, or by certificate. Left out: nobody does.")
        let user = fields.optional(
            "user", .loginName, "The name in the login, without a domain. Left out: the text of `identity`.")
        let profile = fields.optional(
            "profile", .choice as FieldType<IPsecProfile>, "Which algorithms are used. Left out: the network's.")
        let selectors = fields.optional(
            "selectors", .selectorPair, "Traffic selectors. Left out: they follow from the network and the routes."
        ).value
        guard written.count == 1 else {
            fields.context.report(
                written.isEmpty ? .missingField : .badValue, at: fields.span,
                written.isEmpty
                    ? "`ipsec` must have `secret` or `ca`: how would the two know each other?"
                    : "`secret` and `ca` exclude each other")
            return nil
        }
        let authentication: IPsecConnection.Authentication? =
            secret.value.map { .secret(Located($0, at: secret.span)) }
            ?? authorities.value.map { .authorities(Located($0, at: authorities.span)) }
        guard let identity, let authentication else { return nil }
        var connection = IPsecConnection(identity: identity, authentication: authentication)
        connection.$gateway = gateway
        connection.$address = address
        connection.$port = port
        connection.$localIdentity = localIdentity
        connection.$eap = eap
        connection.$user = user
        connection.$profile = profile
        connection.localSelectors = selectors?.local ?? []
        connection.remoteSelectors = selectors?.remote ?? []
        return connection
    }
}

private struct SelectorPair {
    var local: [Located<IPPrefix>]
    var remote: [Located<IPPrefix>]
}

extension FieldType where Value == SelectorPair {
    fileprivate static let selectorPair = mapping { fields in
        SelectorPair(
            local: fields.value(
                "local", .trafficSelectors, default: [], "What the device may reach through the gateway."
            ).value,
            remote: fields.value("remote", .trafficSelectors, default: [], "What is reached through the device.").value)
    }
}

extension FieldType where Value == [Located<IPPrefix>] {
    fileprivate static let trafficSelectors = locatedList(of: .prefix)
        .validated("maxItems", .integer(IPsecConnection.mostSelectors))
}

extension FieldType where Value == String {
    fileprivate static let loginName = string.validated("pattern", .string(TextPattern.loginName))
}

extension FieldType where Value == Int {
    fileprivate static let ikePort = integer(validatedIn: IPsecConnection.ports)
}

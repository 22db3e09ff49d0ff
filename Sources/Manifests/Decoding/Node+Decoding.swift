extension Node {
    /// Reads `spec` into a node that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> Node? {
        var node = Node(metadata: metadata)
        node.$role = fields.value(
            "role", .choice, default: node.role,
            "What the node is for; external: a device without our agent.")
        node.networks = fields.list("networks", of: .membership, "The networks that the node is in.")
        let wireguard = fields.optional(
            "wireguard", .wireguard, "The node's key. Left out: it comes with enrolment.")
        node.$publicKey = wireguard.value ?? Located(nil, at: wireguard.span)
        node.endpoints = fields.locatedList(
            "endpoints", of: .endpoint,
            "Where the node can be reached: ADDRESS:PORT or NAME:PORT. Left out: learned.")
        node.routes =
            fields.value(
                "routes", .routes, default: [],
                "Prefixes behind this node that others reach through it."
            ).value
        node.$linkProtocol = fields.optional(
            "protocol", .choice, "This node's demand, if any: ipsec makes all its links ipsec.")
        node.ipsec =
            fields.optional(
                "ipsec", .ipsec, "Of an external node: how a gateway and the device speak IPsec with each other."
            ).value
        node.$expires = fields.optional(
            "expires", .timestamp,
            "From then on the node is treated as removed, like 2027-06-30T00:00:00Z.")
        return node
    }
}

extension FieldType where Value == Located<NodePublicKey?> {
    fileprivate static let wireguard = mapping { fields in
        fields.optional("publicKey", .publicKey, "32 bytes in base64, as `wg pubkey` prints them.")
    }
}

extension FieldType where Value == Node.Membership {
    fileprivate static let membership = mapping { fields in
        let cvlan = fields.required("cvlan", .label, "The network's name.")
        let addresses = fields.locatedList(
            "addresses", of: .address,
            "The node's fixed addresses there. A family that has none is allocated, and kept for the node's life."
        )
        return cvlan.map { Node.Membership(cvlan: $0, addresses: addresses) }
    }
}

extension FieldType where Value == Node.SubnetRoute {
    fileprivate static let route = mapping { fields in
        let prefix = fields.required("prefix", .prefix, "The addresses behind this node.")
        let nat = fields.value(
            "nat", .choice, default: RouteNAT.none,
            "Whether the overlay's addresses are hidden from the hosts there.")
        let priority = fields.value(
            "priority", .routePriority,
            default: Node.SubnetRoute.defaultPriority,
            "Of several nodes with the same prefix the lowest wins; equal ones share.")
        guard let prefix else { return nil }
        var route = Node.SubnetRoute(prefix: prefix)
        route.$nat = nat
        route.$priority = priority
        return route
    }
}

extension FieldType where Value == [Node.SubnetRoute] {
    fileprivate static let routes = list(of: .route).validated("maxItems", 1024)
}

extension FieldType where Value == Int {
    fileprivate static let routePriority = integer(validatedIn: Node.SubnetRoute.priorities)
}

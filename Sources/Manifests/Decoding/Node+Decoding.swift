extension Node {
    /// Reads `spec` into a node that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> Node? {
        var node = Node(metadata: metadata)
        node.$role = fields.value("role", .choice, default: node.role)
        node.networks = fields.list("networks", of: .membership)
        let wireguard = fields.optional("wireguard", .wireguard)
        node.$publicKey = wireguard.value ?? Located(nil, at: wireguard.span)
        node.endpoints = fields.locatedList("endpoints", of: .endpoint)
        node.routes = fields.list("routes", of: .route)
        node.$linkProtocol = fields.optional("protocol", .choice)
        node.$expires = fields.optional("expires", .timestamp)
        return node
    }
}

extension FieldType where Value == Located<NodePublicKey?> {
    fileprivate static let wireguard = mapping { fields in
        fields.optional("publicKey", .publicKey)
    }
}

extension FieldType where Value == Node.Membership {
    fileprivate static let membership = mapping { fields in
        let cvlan = fields.required("cvlan", .label)
        let addresses = fields.locatedList("addresses", of: .address)
        return cvlan.map { Node.Membership(cvlan: $0, addresses: addresses) }
    }
}

extension FieldType where Value == Node.SubnetRoute {
    fileprivate static let route = mapping { fields in
        let prefix = fields.required("prefix", .prefix)
        let nat = fields.value("nat", .choice, default: RouteNAT.none)
        let priority = fields.value("priority", .integer, default: Node.SubnetRoute.defaultPriority)
        guard let prefix else { return nil }
        var route = Node.SubnetRoute(prefix: prefix)
        route.$nat = nat
        route.$priority = priority
        return route
    }
}

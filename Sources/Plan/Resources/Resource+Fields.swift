internal import Manifests
internal import OverlayNetwork

extension Resource {
    /// Everything that it says, in the order of MANIFESTS.
    var fields: [ManifestField] {
        let metadata = metadata
        let own =
            switch self {
            case .tenant(let tenant): tenant.fields
            case .cvlan(let cvlan): cvlan.fields
            case .node(let node): node.fields
            case .policy(let policy): policy.fields
            case .secret(let secret): secret.fields
            }
        return [
            .pairs("metadata.labels", metadata.labels, at: span),
            .pairs("metadata.annotations", metadata.annotations, at: span),
        ] + own
    }
}

extension Tenant {
    fileprivate var fields: [ManifestField] {
        let name = metadata.$name.span
        let none = Defaults()
        return [
            .optional("spec.displayName", $displayName), .optional("spec.domain", $domain),
            ManifestField("spec.members", .elements(members.map(\.element)), at: name),
            .text("spec.approvals", $approvals, isDefault: approvals == 1),
            ManifestField("spec.groups", .elements(groups.map(\.element)), at: name),
            .choice("spec.defaults.action", defaults.$action, default: none.action),
            .choice("spec.defaults.protocol", defaults.$linkProtocol, default: none.linkProtocol),
            .choice("spec.defaults.ipsecProfile", defaults.$ipsecProfile, default: none.ipsecProfile),
            .list("spec.addressPools", addressPools, or: name),
            .choice("spec.enrollment.approval", enrollment.$approval, default: Enrollment().approval),
            .list("spec.enrollment.tokenKeys", enrollment.tokenKeys, or: name),
        ]
    }
}

extension Tenant.Member {
    fileprivate var element: ManifestField.Element {
        let count = keys.count == 1 ? "1 key" : "\(keys.count) keys"
        return ManifestField.Element(
            name, "\(role.rawValue), \(count)", at: $name.span,
            [
                ManifestField("role", .text(role.rawValue), at: $role.span),
                .list("keys", keys, or: $name.span),
            ])
    }
}

extension Tenant.Group {
    fileprivate var element: ManifestField.Element {
        ManifestField.Element(
            name, members.map(\.description).joined(separator: " | "), at: $name.span,
            [.selectors("members", members, or: $name.span)])
    }
}

extension CVLAN {
    fileprivate var fields: [ManifestField] {
        let name = metadata.$name.span
        return rangeFields + [
            .choice("spec.protocol", $linkProtocol), .choice("spec.ipsecProfile", $ipsecProfile),
            .choice("spec.topology", $topology, default: .mesh), .optional("spec.mtu", $mtu),
            ManifestField(
                "spec.keepalive", .text(keepalive.map { "\($0.components.seconds)s" }), at: $keepalive.span),
            .list("spec.reserved", reserved, or: name), .optional("spec.dns.domain", $dnsDomain),
            ManifestField("spec.dns.routes", .elements(dnsRoutes.map(\.element)), at: name),
        ]
    }

    private var rangeFields: [ManifestField] {
        let name = metadata.$name.span
        switch range {
        case .cidrs(let cidrs):
            return [.list("spec.cidrs", cidrs, or: name)]
        case .auto(let v4, let v6):
            return [("spec.auto.v4", v4), ("spec.auto.v6", v6)].map { path, length in
                ManifestField(path, .text(length.map { "/\($0)" }), at: length?.span ?? name)
            }
        }
    }
}

extension CVLAN.DNSRoute {
    fileprivate var element: ManifestField.Element {
        ManifestField.Element(
            suffix, servers.map { "\($0)" }.joined(separator: ", "), at: $suffix.span,
            [.list("servers", servers, or: $suffix.span)])
    }
}

extension Node {
    fileprivate var fields: [ManifestField] {
        let name = metadata.$name.span
        return [
            .choice("spec.role", $role, default: .client),
            ManifestField("spec.networks", .elements(networks.map(\.element)), at: name),
            .optional("spec.wireguard.publicKey", $publicKey), .list("spec.endpoints", endpoints, or: name),
            ManifestField("spec.routes", .elements(routes.map(\.element)), at: name),
            .choice("spec.protocol", $linkProtocol), .optional("spec.expires", $expires),
        ] + (ipsec?.fields(or: name) ?? [])
    }
}

extension IPsecConnection {
    fileprivate func fields(or place: SourceSpan) -> [ManifestField] {
        [
            .optional("spec.ipsec.gateway", $gateway), .optional("spec.ipsec.address", $address),
            .text("spec.ipsec.port", $port, isDefault: port == Self.defaultPort),
            .text("spec.ipsec.identity", $identity, isDefault: false),
            .optional("spec.ipsec.localIdentity", $localIdentity),
            .choice("spec.ipsec.eap", $eap), .optional("spec.ipsec.user", $user),
            ManifestField("spec.ipsec.secret", .text(secret?.value), at: secret?.span ?? place),
            // A certificate says nothing to a reader: what it is known by does.
            ManifestField(
                "spec.ipsec.ca",
                .text(authorities.map { CertificateAuthorities(pem: $0.value)?.summary ?? "not certificates" }),
                at: authorities?.span ?? place),
            .choice("spec.ipsec.profile", $profile),
            .list("spec.ipsec.selectors.local", localSelectors, or: place),
            .list("spec.ipsec.selectors.remote", remoteSelectors, or: place),
        ]
    }
}

extension Secret {
    fileprivate var fields: [ManifestField] {
        [ManifestField("spec.sealed", .elements(sealed.map(\.element)), at: metadata.$name.span)]
    }
}

extension Secret.SealedValue {
    fileprivate var element: ManifestField.Element {
        ManifestField.Element(
            node, "sealed to \(publicKey)", at: $node.span,
            [
                ManifestField("publicKey", .text("\(publicKey)"), at: $publicKey.span),
                // It begins with a key that is made anew each time something is sealed.
                ManifestField("value", .text("sealed \("\(value)".prefix(12))…"), at: $value.span),
            ])
    }
}

extension Node.Membership {
    fileprivate var element: ManifestField.Element {
        let list = addresses.map { "\($0)" }.joined(separator: ", ")
        return ManifestField.Element(
            cvlan, list.isEmpty ? "address allocated" : list, at: $cvlan.span,
            [.list("addresses", addresses, or: $cvlan.span)])
    }
}

extension Node.SubnetRoute {
    fileprivate var element: ManifestField.Element {
        ManifestField.Element(
            "\(prefix)", "priority \(priority), nat \(nat.rawValue)", at: $prefix.span,
            [
                .choice("nat", $nat, default: .none),
                .text("priority", $priority, isDefault: priority == Self.defaultPriority),
            ])
    }
}

extension Policy {
    fileprivate var fields: [ManifestField] {
        let name = metadata.$name.span
        return [
            .optional("spec.cvlan", $cvlan), ManifestField("spec.rules", .elements(rules.map(\.element)), at: name),
            ManifestField("spec.tests", .elements(tests.map(\.element)), at: name),
        ]
    }
}

extension Policy.Rule {
    fileprivate var element: ManifestField.Element {
        let place = name == nil ? $action.span : $name.span
        let services = ports.isEmpty ? "everything" : ports.map { "\($0)" }.joined(separator: ", ")
        return ManifestField.Element(
            name, "\(action.rawValue) \(Self.text(from)) → \(Self.text(to)): \(services)", at: place,
            [
                ManifestField("action", .text(action.rawValue), at: $action.span), .selectors("from", from, or: place),
                .selectors("to", to, or: place), .list("ports", ports, or: place),
            ])
    }

    private static func text(_ selectors: [Selector]) -> String {
        selectors.map(\.description).joined(separator: " | ")
    }
}

extension Policy.Test {
    fileprivate var element: ManifestField.Element {
        let service = port.map { "\($0)" } ?? "any other protocol"
        return ManifestField.Element(
            nil, "\(expect.rawValue) \(from) → \(to): \(service)", at: span,
            [
                ManifestField("from", .text(from.description), at: from.span),
                ManifestField("to", .text(to.description), at: to.span), .optional("port", $port),
                ManifestField("expect", .text(expect.rawValue), at: $expect.span),
            ])
    }
}

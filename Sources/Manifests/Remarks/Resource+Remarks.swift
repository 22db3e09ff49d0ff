extension Resource {
    /// What should be known of a resource that is right by itself.
    func remarks() -> [ManifestRemark] {
        switch self {
        case .node(let node): node.remarks()
        case .tenant(let tenant): tenant.remarks()
        case .cvlan(let cvlan): cvlan.remarks()
        case .policy(let policy): policy.remarks()
        case .secret(let secret): secret.remarks()
        }
    }
}

extension Tenant {
    func remarks() -> [ManifestRemark] {
        members.flatMap { ManifestRemark.repeated($0.keys, by: \.value.blob) }
            + groups.flatMap { ManifestRemark.repeated($0.members) }
    }
}

extension CVLAN {
    func remarks() -> [ManifestRemark] {
        ManifestRemark.repeated(reserved, by: \.value)
            + dnsRoutes.flatMap { ManifestRemark.repeated($0.servers, by: \.value) }
    }
}

extension Node {
    /// A relay helps others to meet, whether or not it is in their network.
    func remarks() -> [ManifestRemark] {
        guard networks.isEmpty, role != .relay else { return [] }
        return [
            ManifestRemark(
                .saysNothing, at: metadata.$name.span,
                "node `\(name)` is in no network: it reaches nobody, and nobody reaches it")
        ]
    }
}

extension Secret {
    func remarks() -> [ManifestRemark] {
        guard sealed.isEmpty else { return [] }
        return [
            ManifestRemark(
                .saysNothing, at: metadata.$name.span,
                "secret `\(name)` is sealed to no node: nobody can read it; `cvlan seal` does that")
        ]
    }
}

extension Policy {
    func remarks() -> [ManifestRemark] {
        guard !rules.isEmpty || !tests.isEmpty else {
            return [
                ManifestRemark(
                    .saysNothing, at: metadata.$name.span,
                    "policy `\(name)` has neither rules nor tests: it says nothing")
            ]
        }
        return rules.flatMap { $0.remarks() }
            + tests.flatMap { ManifestRemark.repeated(inside: [$0.from, $0.to]) }
    }
}

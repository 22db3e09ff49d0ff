package import Manifests

/// Checks the manifests of a repository: each by itself, which their loading has done, and with each other.
package struct Linter: Sendable {
    private let time: Timestamp
    private let reservedNames: Set<String>

    /// - Parameters:
    ///   - time: what `expires` is held against.
    ///   - reservedNames: what the controller is called by, where that is known.
    package init(at time: Timestamp, reservedNames: Set<String> = []) {
        self.time = time
        self.reservedNames = reservedNames
    }

    private static let rules: [any Rule] = [
        ReferenceRule(), AddressInNetworkRule(), DuplicateAddressRule(), SharedKeyRule(), OverlappingNetworksRule(),
        AutoRangeRule(), ExpiryRule(), RouteInsideNetworkRule(), GroupCycleRule(), RoutePriorityRule(),
        NetworkRoomRule(), IPsecProfileRule(), MeshSizeRule(), IPsecPlaceRule(), AuthorityRule(), SealingRule(),
        PresharedKeyRule(), LinkMTURule(), LoginRule(), ApproversRule(), MemberKeyRule(),
    ]

    /// All findings, sorted by place. The same manifests and time give the same findings.
    package func findings(in set: ManifestSet) -> [Finding] {
        var findings = set.problems.map {
            Finding(FindingCode($0.kind), at: $0.span, $0.message, tenant: $0.tenant, fixes: $0.fixes)
        }
        findings += set.remarks.map {
            Finding(FindingCode($0.kind), at: $0.span, $0.message, tenant: $0.tenant, fixes: $0.fixes)
        }
        findings += UnknownTenantRule.findings(in: set)
        findings += DuplicateNameRule.findings(in: set)
        findings += ForeignKeyRule.findings(in: set, at: time)
        findings += MovedSecretRule.findings(in: set)
        findings += GatewayNameRule.findings(in: set, reserved: reservedNames, at: time)
        let undecodable = Dictionary(grouping: set.undecodable, by: \.tenant)
        let found = Parallel.map(Array(set.tenants.values), fewest: 2) { manifests in
            let view = TenantView(manifests, undecodable: undecodable[manifests.name] ?? [], at: time)
            var report = Report(tenant: manifests.name)
            for rule in Self.rules { rule.check(view, &report) }
            return report.findings
        }
        return (findings + found.flatMap(\.self)).sorted()
    }
}

/// What rules find in one tenant.
struct Report {
    let tenant: String
    private(set) var findings: [Finding] = []
    private var hints = HintBudget()

    init(tenant: String) {
        self.tenant = tenant
    }

    mutating func add(
        _ code: FindingCode, at span: SourceSpan, _ message: String, related: [Finding.Related] = [], fixes: [Fix] = []
    ) {
        findings.append(Finding(code, at: span, message, tenant: tenant, related: related, fixes: fixes))
    }

    /// Reports a name that nothing has, with the one of these that was probably meant.
    mutating func addUnknown(
        _ code: FindingCode, _ name: String, at span: SourceSpan, _ message: String,
        among names: some Collection<String>
    ) {
        let near = hints.nearest(to: name, among: names)
        findings.append(.unknown(code, at: span, message, meant: near, tenant: tenant))
    }
}

extension Finding {
    static func unknown(
        _ code: FindingCode, at span: SourceSpan, _ message: String, meant near: String?, tenant: String
    ) -> Finding {
        Finding(
            code, at: span, message + (near.map { ": did you mean `\($0)`?" } ?? ""), tenant: tenant,
            fixes: near.map { Fix.write($0, at: span, .suggested) } ?? [])
    }
}

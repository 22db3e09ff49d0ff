/// Decodes one document into a resource, and then lets it be validated.
struct ResourceDecoder {
    /// Of a resource that has problems, what could be made out.
    private(set) var resource: Resource?
    private(set) var id: ResourceID?
    /// Whose manifest it is, as far as it says.
    private(set) var tenant: String?
    var problems: [ManifestProblem] = []

    static let apiVersion = "cvlan.io/v1"

    /// Kinds of the design that come with a later version.
    private static let laterKinds = ["Egress", "Secret"]

    init(_ document: SyntaxNode, limits: ManifestLimits) {
        let context = DecodingContext(mostProblems: limits.problemsPerFile)
        // Whoever owns a manifest is responsible for it even where the rest of it cannot be read.
        tenant = Self.tenantName(in: document)
        if var fields = FieldReader(document, name: "manifest", context: context) {
            decode(&fields)
        }
        problems = context.problems
        if problems.isEmpty { problems = resource?.validate() ?? [] }
        for index in problems.indices { problems[index].tenant = tenant }
    }

    private mutating func decode(_ fields: inout FieldReader) {
        let context = fields.context
        let version = fields.required("apiVersion", .string)
        if let version, version.value != Self.apiVersion {
            context.report(
                .unsupportedVersion, at: version.span,
                "`apiVersion` must be `\(Self.apiVersion)`, not `\(version.value.shortened)`")
        }
        let kindName = fields.required("kind", .string)
        guard let kindName else {
            // Both are fields of every kind.
            for key in ["metadata", "spec"] { _ = fields.node(key) }
            fields.reportUnknown()
            return
        }
        guard version == nil || version?.value == Self.apiVersion else { return }
        guard let kind = ResourceKind(rawValue: kindName.value) else {
            context.report(.unsupportedKind, at: kindName.span, Self.unsupported(kindName.value))
            return
        }
        let metadata = fields.required("metadata", Metadata.fieldType(of: kind))?.value
        if let metadata { id = ResourceID(kind: kind, tenant: metadata.tenant, name: metadata.name) }
        let spec = fields.node("spec")
        fields.reportUnknown()
        // Without its names, the rest is decoded for its problems only.
        let names = metadata ?? Metadata(tenant: "", name: "")
        var body = FieldReader(emptyAt: fields.span, name: "spec", context: context)
        if let spec {
            guard let reader = FieldReader(spec, name: "spec", context: context) else { return }
            body = reader
        }
        let decoded = Self.decode(kind, &body, metadata: names)
        body.reportUnknown()
        if metadata != nil { resource = decoded }
    }

    private static func decode(_ kind: ResourceKind, _ spec: inout FieldReader, metadata: Metadata) -> Resource? {
        switch kind {
        case .tenant: Tenant.decode(&spec, metadata: metadata).map(Resource.tenant)
        case .cvlan: CVLAN.decode(&spec, metadata: metadata).map(Resource.cvlan)
        case .node: Node.decode(&spec, metadata: metadata).map(Resource.node)
        case .policy: Policy.decode(&spec, metadata: metadata).map(Resource.policy)
        }
    }

    private static func unsupported(_ kind: String) -> String {
        if laterKinds.contains(kind) { return "`\(kind)` is not supported by this version yet" }
        let names = ResourceKind.allCases.map(\.rawValue)
        let hint = Spelling.nearest(to: kind, among: names).map { ": did you mean `\($0)`?" } ?? ""
        return "`kind` must be one of \(names.map { "`\($0)`" }.joined(separator: ", ")), "
            + "not `\(kind.shortened)`\(hint)"
    }

    private static func tenantName(in document: SyntaxNode) -> String? {
        guard case .scalar(let kind, _)? = document["kind"]?.content else { return nil }
        let key = kind == ResourceKind.tenant.rawValue ? "name" : "tenant"
        guard case .scalar(let name, _)? = document["metadata"]?[key]?.content, DomainName.isLabel(name) else {
            return nil
        }
        return name
    }
}

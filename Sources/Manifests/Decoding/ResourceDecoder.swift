/// Decodes one document into a resource, and then lets it be validated.
struct ResourceDecoder {
    /// Of a resource that has problems, what could be made out.
    private(set) var resource: Resource?
    private(set) var id: ResourceID?
    /// Whose manifest it is, as far as it says.
    private(set) var tenant: String?
    var problems: [ManifestProblem] = []
    private(set) var remarks: [ManifestRemark] = []

    static let apiVersion = group + "v1"

    /// What is of another version was written for that one.
    private static let group = "cvlan.io/"

    /// What editors show of the fields of every kind.
    enum About {
        static let version = "The version of this format."
        static let kind = "What the manifest declares."
        static let metadata = "The name, and what finds it."
        static let spec = "What is declared."
    }

    /// Kinds of the design that come with a later version.
    private static let laterKinds = ["Egress"]

    init(_ document: SyntaxNode, limits: ManifestLimits) {
        let context = DecodingContext(mostProblems: limits.problemsPerFile)
        // Whoever owns a manifest is responsible for it even where the rest of it cannot be read.
        tenant = Self.tenantName(in: document)
        if var fields = FieldReader(document, name: "manifest", context: context) {
            decode(&fields)
        }
        problems = context.problems
        remarks = context.remarks
        if problems.isEmpty, let resource {
            problems = resource.validate()
            if problems.isEmpty { remarks += resource.remarks().prefix(limits.problemsPerFile) }
        }
        for index in problems.indices { problems[index].tenant = tenant }
    }

    private mutating func decode(_ fields: inout FieldReader) {
        let context = fields.context
        guard fields.resembles(["apiVersion", "kind", "metadata", "spec"]) else {
            context.report(
                .missingField, at: fields.span,
                "this is no manifest, as it has neither `apiVersion` nor `kind`: "
                    + "what begins with a dot, or is in such a folder, is not looked at")
            return
        }
        let version = fields.required("apiVersion", .string, About.version)
        if let version, version.value != Self.apiVersion {
            context.report(
                .unsupportedVersion, at: version.span,
                "`apiVersion` must be `\(Self.apiVersion)`, not `\(version.value.shortened)`",
                fixes: version.value.hasPrefix(Self.group)
                    ? [] : Fix.write(Self.apiVersion, at: version.span, .suggested))
        }
        let kindName = fields.required("kind", .string, About.kind)
        guard let kindName else {
            // Both are fields of every kind.
            for key in ["metadata", "spec"] { _ = fields.node(key) }
            fields.reportUnknown()
            return
        }
        guard version == nil || version?.value == Self.apiVersion else { return }
        guard let kind = ResourceKind(rawValue: kindName.value) else {
            let near = Self.near(kindName.value)
            context.report(
                .unsupportedKind, at: kindName.span, Self.unsupported(kindName.value, near),
                fixes: near.map {
                    let isCase = $0.lowercased() == kindName.value.lowercased()
                    return Fix.write($0, at: kindName.span, isCase ? .safe : .suggested)
                } ?? [])
            return
        }
        let metadata = fields.required("metadata", Metadata.fieldType(of: kind), About.metadata)?.value
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

    static func decode(_ kind: ResourceKind, _ spec: inout FieldReader, metadata: Metadata) -> Resource? {
        switch kind {
        case .tenant: Tenant.decode(&spec, metadata: metadata).map(Resource.tenant)
        case .cvlan: CVLAN.decode(&spec, metadata: metadata).map(Resource.cvlan)
        case .node: Node.decode(&spec, metadata: metadata).map(Resource.node)
        case .policy: Policy.decode(&spec, metadata: metadata).map(Resource.policy)
        case .secret: Secret.decode(&spec, metadata: metadata).map(Resource.secret)
        }
    }

    private static func near(_ kind: String) -> String? {
        laterKinds.contains(kind) ? nil : Spelling.nearest(to: kind, among: ResourceKind.allCases.map(\.rawValue))
    }

    private static func unsupported(_ kind: String, _ near: String?) -> String {
        if laterKinds.contains(kind) { return "`\(kind)` is not supported by this version yet" }
        let names = ResourceKind.allCases.map(\.rawValue)
        let hint = near.map { ": did you mean `\($0)`?" } ?? ""
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

/// What every manifest has: `metadata` of MANIFESTS.
package struct Metadata: Hashable, Sendable {
    /// The tenant's name; of a `Tenant`, its own name.
    @Located package var tenant: String
    /// A DNS label.
    @Located package var name: String
    package var labels: [String: String]
    package var annotations: [String: String]

    package init(
        tenant: Located<String>, name: Located<String>, labels: [String: String] = [:],
        annotations: [String: String] = [:]
    ) {
        _tenant = tenant
        _name = name
        self.labels = labels
        self.annotations = annotations
    }

    package init(tenant: String, name: String, labels: [String: String] = [:], annotations: [String: String] = [:]) {
        self.init(tenant: Located(tenant), name: Located(name), labels: labels, annotations: annotations)
    }
}

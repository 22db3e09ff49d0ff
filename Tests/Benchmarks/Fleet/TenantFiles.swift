/// Lays the manifests of a tenant out in files.
struct TenantFiles {
    private var text: TenantText

    init(_ text: TenantText) {
        self.text = text
    }

    mutating func write(to writer: inout some FleetWriter) throws {
        if text.shape.layout == .tenant {
            try writer.write(file("tenant"), tenantDocuments())
            return
        }
        try writer.write(file("tenant"), text.tenant)
        for number in text.networks {
            let network = text.network(number)
            guard text.shape.layout == .node else {
                try writer.write(file(network), networkDocuments(number))
                continue
            }
            try writer.write(file("networks/\(network)"), text.cvlan(number))
            try writer.write(file("policies/\(network)"), text.policy(number))
            for (position, node) in text.nodes(number).enumerated() {
                try writer.write(file("nodes/\(node)"), text.node(node, position, in: number))
            }
        }
    }

    /// The file of the first network's policy, with one line that says something else.
    mutating func writeChange(to writer: inout some FleetWriter) throws {
        let number = text.networks.lowerBound
        text.changedNetwork = number
        switch text.shape.layout {
        case .node: try writer.write(file("policies/\(text.network(number))"), text.policy(number))
        case .network: try writer.write(file(text.network(number)), networkDocuments(number))
        case .tenant: try writer.write(file("tenant"), tenantDocuments())
        }
    }

    private func file(_ name: String) -> String { "tenants/\(text.name)/\(name).yaml" }

    private mutating func networkDocuments(_ number: Int) -> String {
        var documents = [text.cvlan(number)]
        for (position, node) in text.nodes(number).enumerated() {
            documents.append(text.node(node, position, in: number))
        }
        documents.append(text.policy(number))
        return documents.joined(separator: "---\n")
    }

    private mutating func tenantDocuments() -> String {
        var documents = [text.tenant]
        for number in text.networks { documents.append(networkDocuments(number)) }
        return documents.joined(separator: "---\n")
    }
}

internal import Addressing

extension PublishedState {
    package static let apiVersion = "cvlan.io/v1"

    /// Every file of the state branch with its bytes, by path; none at height 0.
    package var files: [String: [UInt8]] {
        guard height > 0 else { return [:] }
        var files = [StateFile.root.path: encoded(.root) ?? []]
        for (name, tenant) in tenants {
            for file in [.tenant(name)] + tenant.cvlans.keys.map({ StateFile.cvlan(tenant: name, name: $0) }) {
                files[file.path] = encoded(file)
            }
        }
        for file in evidence.files { files[file.path] = evidence.bytes(of: file) }
        return files
    }

    /// The bytes of one file; `nil` when the state has no such tenant, network or evidence, or no source commit.
    package func encoded(_ file: StateFile) -> [UInt8]? {
        switch file {
        case .root:
            guard let sourceCommit else { return nil }
            return JSONValue.object([
                "apiVersion": .string(Self.apiVersion),
                "height": .integer(height),
                "sourceCommit": .string(sourceCommit.description),
                "evaluationTime": .string(evaluationTime.description),
            ]).canonical
        case .tenant(let name):
            return tenants[name].map {
                JSONValue.object(["sourceCommit": .string($0.sourceCommit.description)]).canonical
            }
        case .cvlan(let tenant, let name):
            return tenants[tenant]?.cvlans[name]?.json.canonical
        case .rootDocument, .approvals: return evidence.bytes(of: file)
        }
    }
}

extension CVLANState {
    fileprivate var json: JSONValue {
        .object([
            "cidrs": .array(cidrs.map { .string($0.description) }),
            "nodes": .object(nodes.mapValues(\.json)),
        ])
    }
}

extension NodeState {
    fileprivate var json: JSONValue {
        .object([
            "addresses": .array(addresses.map { .string($0.description) }),
            "generation": .integer(generation),
            "sourceCommit": .string(sourceCommit.description),
            "digest": .string(digest.description),
        ])
    }
}

internal import Addressing
package import DiffSync

/// What the state branch holds, as records that two states are compared by.
package enum StateRecord: Record {
    package enum Kind: String, Comparable, Sendable {
        case tenant, cvlan, node

        package static func < (a: Kind, b: Kind) -> Bool { a.order < b.order }

        private var order: Int {
            switch self {
            case .tenant: 0
            case .cvlan: 1
            case .node: 2
            }
        }
    }

    case tenant(String, SourceCommit)
    /// Without its nodes.
    case cvlan(tenant: String, name: String, CVLANState)
    case node(tenant: String, cvlan: String, name: String, NodeState)

    package var kind: Kind {
        switch self {
        case .tenant: .tenant
        case .cvlan: .cvlan
        case .node: .node
        }
    }

    /// TENANT, TENANT/CVLAN or TENANT/CVLAN/NODE.
    package var key: String {
        switch self {
        case .tenant(let name, _): name
        case .cvlan(let tenant, let name, _): "\(tenant)/\(name)"
        case .node(let tenant, let cvlan, let name, _): "\(tenant)/\(cvlan)/\(name)"
        }
    }

    package var fields: [Field] {
        switch self {
        case .tenant(_, let commit): [Field("source commit", commit)]
        case .cvlan(_, _, let state): [Field("cidrs", list: state.cidrs)]
        case .node(_, _, _, let state):
            [
                Field("addresses", list: state.addresses), Field("generation", state.generation),
                Field("source commit", state.sourceCommit), Field("digest", state.digest),
            ]
        }
    }

    package var dependencies: [RecordID<Kind, String>] {
        switch self {
        case .tenant: []
        case .cvlan(let tenant, _, _): [RecordID(kind: .tenant, key: tenant)]
        case .node(let tenant, let cvlan, _, _): [RecordID(kind: .cvlan, key: "\(tenant)/\(cvlan)")]
        }
    }

    /// The file that the record is written in.
    package var file: StateFile {
        switch self {
        case .tenant(let name, _): .tenant(name)
        case .cvlan(let tenant, let name, _), .node(let tenant, let name, _, _): .cvlan(tenant: tenant, name: name)
        }
    }
}

extension TenantState {
    func records(_ tenant: String) -> [StateRecord] {
        var records: [StateRecord] = [.tenant(tenant, sourceCommit)]
        for (cvlan, state) in cvlans {
            records.append(.cvlan(tenant: tenant, name: cvlan, CVLANState(cidrs: state.cidrs)))
            records += state.nodes.map { .node(tenant: tenant, cvlan: cvlan, name: $0.key, $0.value) }
        }
        return records
    }
}

package import Addressing

/// Which nodes, or which addresses, something speaks of.
package struct Selector: Hashable, Sendable {
    @Located package var term: Term
    /// What the term selects, without what any of these selects.
    package var except: [Selector]

    package init(_ term: Located<Term>, except: [Selector] = []) {
        _term = term
        self.except = except
    }

    package init(_ term: Term, except: [Selector] = []) {
        self.init(Located(term), except: except)
    }

    /// Where the selector is written.
    package var span: SourceSpan { $term.span }

    package enum Term: Hashable, Sendable {
        case node(String)
        /// A group of the tenant.
        case group(String)
        /// Nodes that have all of these labels; never empty.
        case labels([String: String])
        /// Addresses: of nodes in the network, and of hosts behind a gateway's route.
        case cidr(IPPrefix)
        case any
    }
}

extension Selector: CustomStringConvertible {
    /// The canonical text: equal selectors have the same, different ones never; exceptions and labels are sorted.
    package var description: String {
        guard !except.isEmpty else { return term.description }
        return "\(term) except(\(except.map(\.description).sorted().joined(separator: " | ")))"
    }
}

extension Selector.Term: CustomStringConvertible {
    package var description: String {
        switch self {
        case .node(let name): "node:\(name)"
        case .group(let name): "group:\(name)"
        case .labels(let labels):
            "labels:" + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        case .cidr(let prefix): "cidr:\(prefix)"
        case .any: "any"
        }
    }
}

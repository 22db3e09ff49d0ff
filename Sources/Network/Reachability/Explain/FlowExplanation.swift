package import Manifests

/// Whether a flow of a tenant is open, and because of what.
package struct FlowExplanation: Hashable, Sendable {
    package let query: FlowQuery
    /// Every way there is from one end to the other, open or not: in the order of networks.
    package let paths: [FlowPath]
    /// Why there is no way at all; empty when there is one.
    package let problems: [Problem]
    /// What will hold only later.
    package let notes: [Note]

    package enum Problem: Hashable, Sendable {
        case unknownNode(String)
        case expired(String, SourceSpan)
        /// A node that is in no network.
        case noNetwork(String, SourceSpan)
        /// No node has the address, and no route leads to it.
        case nobodyHas(FlowQuery.End)
        /// The networks of one end, and of the other.
        case nothingInCommon([String], [String])
        /// Both are in one network, but have no address family in common.
        case noCommonFamily([String])
    }

    package enum Note: Hashable, Sendable {
        /// A node without a key: no packet moves before it enrols.
        case notEnrolled(String, SourceSpan)
    }

    /// What gets through on some way, of what was asked.
    package var services: ServiceSet { paths.reduce(ServiceSet()) { $0.union($1.services) } }

    /// Whether the flow is open; where all services were asked, whether any is.
    package var isOpen: Bool { !services.isEmpty }
}

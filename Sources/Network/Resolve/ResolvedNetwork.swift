package import Addressing
package import Manifests

/// A network with everything decided that its manifests leave open.
package struct ResolvedNetwork: Sendable {
    package let tenant: String
    package let name: String
    /// What it was made from.
    package let manifest: CVLAN
    package let cidrs: [IPPrefix]
    package let topology: Topology
    /// Bytes.
    package let mtu: Int
    /// Seconds; 0: none.
    package let keepalive: Int
    package let defaultAction: PolicyAction
    /// In name order.
    package let members: [Member]
    /// How links are encrypted unless one of their ends demands IPsec.
    package let linkProtocol: LinkProtocol
    /// Whether any link is IPsec.
    package let usesIPsec: Bool
    package let ipsecProfile: IPsecProfile
    /// Devices that speak IPsec, in name order.
    package let sites: [IPsecSite]
    /// Devices that get no tunnel, while all else is carried out; in the order of members.
    package let refusals: [NetworkError]

    /// A class, as members are handed about a lot, and a manifest is large.
    package final class Member: Sendable {
        package let node: Node
        /// Sorted, so IPv4 comes first.
        package let addresses: [IPAddress]
        /// UDP; 0: any.
        package let listenPort: UInt16
        package let endpoints: [NodeEndpoint]
        /// What it forwards to, sorted; nothing of the network itself.
        package let routes: [IPPrefix]
        /// The part of `routes` that others send to it: where several nodes have a route, one of them wins.
        package let wonRoutes: [IPPrefix]

        /// Of a device that speaks IPsec: the member that holds its tunnel, and through which others reach it.
        package let gateway: String?
        /// Whether others can reach it: it has enrolled, or its gateway has.
        package let isPresent: Bool

        package var name: String { node.name }

        package var demandsIPsec: Bool { node.linkProtocol == .ipsec }

        fileprivate init(
            _ node: Node, _ addresses: [IPAddress], _ endpoints: [NodeEndpoint], routes: [IPPrefix],
            wonRoutes: [IPPrefix], gateway: String?, isPresent: Bool
        ) {
            self.node = node
            self.gateway = gateway
            self.isPresent = isPresent
            self.addresses = addresses
            self.endpoints = endpoints
            listenPort = endpoints.first?.port ?? 0
            self.routes = routes
            self.wonRoutes = wonRoutes
        }
    }

    /// Addresses, ports and routes for every member.
    ///
    /// - Parameter previous: what is published for the network, from which nodes keep their addresses.
    /// - Throws: everything that cannot be carried out, each with its place.
    package init(
        _ cvlan: CVLAN, in tenant: TenantInForce, cidrs: [IPPrefix], previous: CVLANState?
    ) throws(NetworkErrors) {
        self.tenant = tenant.name
        name = cvlan.name
        manifest = cvlan
        self.cidrs = cidrs
        topology = cvlan.topology
        keepalive = cvlan.keepalive.map { Int(clamping: $0.components.seconds) } ?? 0
        defaultAction = tenant.tenant.defaults.action

        let members = tenant.members(of: cvlan.name)
        let links = IPsecLinks(cvlan, in: tenant, members)
        linkProtocol = cvlan.effectiveProtocol(in: tenant.tenant)
        usesIPsec = links.isUsed
        ipsecProfile = links.profile
        let allocation = AddressAllocation(cvlan, cidrs: cidrs, members: members, previous: previous)
        var errors = allocation.errors + links.errors + Self.unavailable(tenant, members)
        let routes = members.map { member in
            Set(member.node.routes.map(\.prefix)).filter { route in !cidrs.contains { $0.contains(route) } }.sorted()
        }
        // A device that speaks IPsec is there as soon as its gateway is.
        let isPresent = members.indices.map {
            members[links.gateways[$0] ?? $0].node.publicKey != nil && links.refusals[$0] == nil
        }
        let wonRoutes = Self.wonRoutes(members, routes, isPresent)
        var resolved: [Member] = []
        for (position, member) in members.enumerated() {
            let node = member.node
            let endpoints = node.endpoints.compactMap { endpoint in
                let moved = endpoint.value.offset(by: member.index)
                if moved == nil {
                    let message =
                        "network `\(cvlan.name)` is number \(member.index + 1) of node `\(node.name)`: port "
                        + "\(endpoint.value.port) + \(member.index) is past 65535"
                    errors.append(NetworkError(.portOutOfRange, tenant: tenant.name, at: endpoint.span, message))
                }
                return moved
            }
            resolved.append(
                Member(
                    node, allocation.addresses[node.name] ?? [], endpoints, routes: routes[position],
                    wonRoutes: wonRoutes[position], gateway: links.gateways[position].map { members[$0].node.name },
                    isPresent: isPresent[position]))
        }
        sites = Self.sites(resolved, links, cidrs, tenant, &errors)
        refusals = links.refusals.sorted { $0.key < $1.key }.map(\.value)
        mtu = cvlan.mtu ?? Self.defaultMTU(links, sites)
        try NetworkErrors.throwIfAny(errors)
        self.members = resolved
    }

    package func member(_ name: String) -> Member? { memberIndex(name).map { members[$0] } }

    /// The position in `members`.
    package func memberIndex(_ name: String) -> Int? {
        members.position(of: name, by: \.name)
    }

    /// What this version cannot do is refused: it must not silently become something else.
    private static func unavailable(_ tenant: TenantInForce, _ members: [TenantInForce.Member]) -> [NetworkError] {
        var errors: [NetworkError] = []
        for member in members {
            for route in member.node.routes where route.nat == .masquerade {
                let message = "this version cannot masquerade: write `none`"
                errors.append(NetworkError(.unavailable, tenant: tenant.name, at: route.$nat.span, message))
            }
        }
        return errors
    }

    /// A prefix belongs to one peer at a time: to that with the lowest priority, then to the first by name. Nodes
    /// that are not there yet win nothing.
    ///
    /// - Parameter routes: of each member, what it forwards to.
    private static func wonRoutes(
        _ members: [TenantInForce.Member], _ routes: [[IPPrefix]], _ isPresent: [Bool]
    ) -> [[IPPrefix]] {
        var winners: [IPPrefix: (priority: Int, index: Int)] = [:]
        for (index, member) in members.enumerated() where isPresent[index] {
            for route in member.node.routes where routes[index].contains(route.prefix) {
                if let best = winners[route.prefix], best.priority <= route.priority { continue }
                winners[route.prefix] = (route.priority, index)
            }
        }
        return routes.enumerated().map { index, own in own.filter { winners[$0]?.index == index } }
    }
}

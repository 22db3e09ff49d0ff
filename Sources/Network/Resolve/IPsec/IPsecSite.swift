package import Addressing
package import Manifests

/// A device that speaks IPsec and has no agent of ours, as its gateway connects it to one network.
///
/// Others in the network reach it through the gateway: what is the device's belongs to the gateway's entry among the
/// peers.
package struct IPsecSite: Hashable, Sendable {
    /// The device.
    package let node: String
    /// The member that holds the tunnel.
    package let gateway: String
    package let connection: IPsecConnection
    package let profile: IPsecProfile
    /// Of authentication by certificates; else empty. DER.
    package let authorities: [[UInt8]]
    /// Of authentication by a preshared key or a password: what is sealed to the gateway; `nil` while nothing is.
    package let sealedSecret: SealedText?
    /// The device's own in the network.
    package let addresses: [IPPrefix]
    /// What others reach through it, outside the network.
    package let routes: [IPPrefix]
    /// Traffic selectors, sorted.
    package let localSelectors: [IPPrefix]
    package let remoteSelectors: [IPPrefix]

    init(
        _ member: ResolvedNetwork.Member, _ connection: IPsecConnection, gateway: ResolvedNetwork.Member,
        among members: [ResolvedNetwork.Member], cidrs: [IPPrefix], profile: IPsecProfile, secrets: [String: Secret]
    ) {
        node = member.name
        self.gateway = gateway.name
        self.connection = connection
        self.profile = connection.profile ?? profile
        authorities =
            connection.authorities.flatMap { CertificateAuthorities(pem: $0.value) }?.all.map(\.der) ?? []
        sealedSecret = connection.secret.flatMap { secrets[$0.value]?.value(for: gateway.name) }?.value
        addresses = member.addresses.map(IPPrefix.init(host:))
        routes = member.wonRoutes
        localSelectors =
            connection.localSelectors.isEmpty
            ? Self.reached(cidrs, gateway, without: member.name, members)
            : connection.localSelectors.map(\.value).sorted()
        remoteSelectors =
            connection.remoteSelectors.isEmpty
            ? (addresses + routes).sorted() : connection.remoteSelectors.map(\.value).sorted()
    }

    /// What others send to the gateway for it.
    package var prefixes: [IPPrefix] { addresses + routes }

    /// What the gateway leads to: the network, its own routes, and what others route to. Sorted.
    private static func reached(
        _ cidrs: [IPPrefix], _ gateway: ResolvedNetwork.Member, without node: String,
        _ members: [ResolvedNetwork.Member]
    ) -> [IPPrefix] {
        let others = members.lazy.filter { $0.name != node }.flatMap(\.wonRoutes)
        return Set(cidrs + gateway.routes + others).sorted()
    }

    /// Selectors of the manifest that are not inside what the tunnel joins, and what is wrong with each.
    func selectorsOutside(
        network cidrs: [IPPrefix], gateway: ResolvedNetwork.Member, _ members: [ResolvedNetwork.Member]
    ) -> [(selector: Located<IPPrefix>, problem: String)] {
        let reached = Self.reached(cidrs, gateway, without: node, members)
        func outside(_ selectors: [Located<IPPrefix>], _ limits: [IPPrefix], _ what: String)
            -> [(selector: Located<IPPrefix>, problem: String)]
        {
            selectors.filter { selector in !limits.contains { $0.contains(selector.value) } }.map {
                ($0, "`\($0)` is outside what \(what)")
            }
        }
        return outside(
            connection.localSelectors, reached, "gateway `\(gateway.name)` leads to: the network, and its routes")
            + outside(connection.remoteSelectors, prefixes, "`\(node)` has: its addresses and its `routes`")
    }
}

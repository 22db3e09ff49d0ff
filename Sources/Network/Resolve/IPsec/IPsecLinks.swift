internal import Manifests

/// Which links of a network are IPsec: all, where the network says so; those of a node that demands it; those to devices
/// that speak nothing else.
struct IPsecLinks {
    /// By position among the members, the position of the gateway that holds the tunnel.
    private(set) var gateways: [Int: Int] = [:]
    /// Devices that get no tunnel, by position among the members, and why.
    private(set) var refusals: [Int: NetworkError] = [:]
    /// Whether any link is IPsec.
    let isUsed: Bool
    /// What is used unless a device says otherwise.
    let profile: IPsecProfile
    private(set) var errors: [NetworkError] = []

    init(_ cvlan: CVLAN, in tenant: TenantInForce, _ members: [TenantInForce.Member]) {
        profile = cvlan.ipsecProfile ?? tenant.tenant.defaults.ipsecProfile
        let demands = cvlan.effectiveProtocol(in: tenant.tenant) == .ipsec
        isUsed = demands || members.contains { $0.node.linkProtocol == .ipsec || $0.node.isIPsecDevice }
        guard isUsed else { return }
        for (index, member) in members.enumerated() {
            guard member.node.isIPsecDevice, let connection = member.node.ipsec else { continue }
            let choice = GatewayChoice(connection, among: members)
            if case .gateway(let gateway) = choice { gateways[index] = gateway }
            refusals[index] = Self.refusal(of: member.node, in: tenant)
            if let problem = choice.problem(of: member.node.name, in: cvlan.name) {
                let span = connection.gateway == nil ? connection.$identity.span : connection.$gateway.span
                errors.append(NetworkError(.noIPsecGateway, tenant: tenant.name, at: span, problem))
            }
        }
        errors += Self.devicesWithoutIPsec(cvlan, demands: demands, tenant.name, members)
    }

    /// The message does not say whose the name is, as tenants do not see each other.
    private static func refusal(of device: Node, in tenant: TenantInForce) -> NetworkError? {
        guard let name = device.gatewayName, tenant.refusedNames.contains(name.value) else { return nil }
        return NetworkError(
            .nameTaken, tenant: tenant.name, at: name.span,
            "no tunnel to `\(device.name)`: `\(name)` is the name of the controller, or of another tenant's gateway")
    }

    /// A device without our agent that has a WireGuard key speaks that alone: a link that must be IPsec cannot be.
    private static func devicesWithoutIPsec(
        _ cvlan: CVLAN, demands: Bool, _ tenant: String, _ members: [TenantInForce.Member]
    ) -> [NetworkError] {
        let devices = members.filter { $0.node.role == .external && $0.node.publicKey != nil }
        if demands {
            return devices.map {
                NetworkError(
                    .deviceWithoutIPsec, tenant: tenant, at: $0.node.$publicKey.span,
                    "`\($0.node.name)` speaks WireGuard only, and network `\(cvlan.name)` uses ipsec")
            }
        }
        guard let device = devices.first else { return [] }
        return members.compactMap { member in
            let node = member.node
            guard node.linkProtocol == .ipsec, node.role == .gateway || cvlan.topology == .mesh else { return nil }
            return NetworkError(
                .deviceWithoutIPsec, tenant: tenant, at: node.$linkProtocol.span,
                node.name == device.node.name
                    ? "`\(node.name)` is to use ipsec, and has a WireGuard key instead of `ipsec`"
                    : "node `\(node.name)` demands ipsec, and `\(device.node.name)` in network `\(cvlan.name)` speaks "
                        + "WireGuard only")
        }
    }
}

extension Node {
    /// Speaks IPsec, and has no agent of ours.
    package var isIPsecDevice: Bool { role == .external && ipsec != nil }
}

internal import Addressing
internal import Manifests

/// The addresses of every node of one network.
struct AddressAllocation {
    /// Sorted, by node name.
    private(set) var addresses: [String: [IPAddress]] = [:]
    private(set) var errors: [NetworkError] = []

    private let tenant: String
    private let cvlan: CVLAN
    private let usable: UsableAddresses
    private let families: [IPFamily]
    private var holders: [IPAddress: String] = [:]
    /// By position in `usable.cidrs`: below it no address is free.
    private var cursors: [IPAddress?]

    /// First what is fixed, then what nodes had before, then the lowest free addresses to the others by name.
    init(_ cvlan: CVLAN, cidrs: [IPPrefix], members: [TenantInForce.Member], previous: CVLANState?) {
        tenant = cvlan.metadata.tenant
        self.cvlan = cvlan
        usable = UsableAddresses(cidrs: cidrs, reserved: cvlan.reserved.map(\.value))
        families = [.v4, .v6].filter { family in cidrs.contains { $0.family == family } }
        cursors = cidrs.map { UsableAddresses.hosts(of: $0).first }

        var fixedAt: [IPAddress: SourceSpan] = [:]
        for member in members {
            for fixed in member.membership.addresses {
                fix(fixed, for: member.node.name)
                fixedAt[fixed.value] = fixed.span
            }
        }
        for member in members {
            keep(previous?.nodes[member.node.name]?.addresses ?? [], for: member, fixedAt: fixedAt)
        }
        var fullFamilies: Set<IPFamily> = []
        for member in members {
            for family in families where !has(member.node.name, family) && !fullFamilies.contains(family) {
                guard !allocate(family, for: member.node.name) else { continue }
                fullFamilies.insert(family)
                let prefixes = cidrs.filter { $0.family == family }.map(\.description).joined(separator: ", ")
                fail(
                    .networkFull, member.membership.$cvlan.span,
                    "network `\(cvlan.name)` is full: no address of \(prefixes) is free for node `\(member.node.name)`")
            }
        }
        for name in addresses.keys { addresses[name]?.sort() }
    }

    private mutating func fix(_ address: Located<IPAddress>, for node: String) {
        guard let cidr = usable.cidr(of: address.value) else {
            fail(.addressOutsideNetwork, address.span, "`\(address.value)` is not in network `\(cvlan.name)`")
            return
        }
        guard usable.isAssignable(address.value) else {
            fail(.addressUnusable, address.span, "`\(address.value)` cannot be a node's address in `\(cidr)`")
            return
        }
        guard let holder = holders[address.value] else {
            take(address.value, for: node)
            return
        }
        guard holder != node else { return }
        fail(.addressDuplicate, address.span, "`\(address.value)` is fixed for node `\(holder)` already")
    }

    /// An address that was reserved, or left the pool of free ones in another way, since then stays with its node.
    private mutating func keep(
        _ previous: [IPAddress], for member: TenantInForce.Member, fixedAt: [IPAddress: SourceSpan]
    ) {
        let node = member.node.name
        for address in previous where !has(node, address.family) && usable.isAssignable(address) {
            guard let holder = holders[address] else {
                take(address, for: node)
                continue
            }
            // Without a span, two nodes had it before, which no state that we wrote says: the first keeps it.
            guard let span = fixedAt[address] else { continue }
            fail(
                .addressTaken, span,
                "`\(address)` belongs to node `\(node)`: fix another address for `\(holder)`, or for `\(node)` first")
        }
    }

    private mutating func allocate(_ family: IPFamily, for node: String) -> Bool {
        for (index, cidr) in usable.cidrs.enumerated() where cidr.family == family {
            let last = UsableAddresses.hosts(of: cidr).last
            while let address = cursors[index], address <= last {
                if let end = usable.endOfReservation(at: address) {
                    cursors[index] = end.next
                } else {
                    cursors[index] = address.next
                    // Prefixes of one network might overlap: what is a host in one can be the broadcast of another.
                    guard holders[address] == nil, usable.isAssignable(address) else { continue }
                    take(address, for: node)
                    return true
                }
            }
        }
        return false
    }

    private func has(_ node: String, _ family: IPFamily) -> Bool {
        addresses[node]?.contains { $0.family == family } ?? false
    }

    private mutating func take(_ address: IPAddress, for node: String) {
        holders[address] = node
        addresses[node, default: []].append(address)
    }

    private mutating func fail(_ code: NetworkError.Code, _ span: SourceSpan, _ message: String) {
        errors.append(NetworkError(code, tenant: tenant, at: span, message))
    }
}

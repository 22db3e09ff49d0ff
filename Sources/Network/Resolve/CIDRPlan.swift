package import Addressing
internal import Manifests

/// The prefixes of every network of a tenant.
package struct CIDRPlan: Hashable, Sendable {
    package let cidrs: [String: [IPPrefix]]

    /// Declared prefixes are taken as they are. An `auto` network keeps what the previous state gave it while that has
    /// the wanted length and lies in a pool; otherwise the lowest free block is cut, from the first pool with room.
    /// Networks are served in name order, so the result depends on nothing but the arguments.
    ///
    /// - Throws: all networks that overlap, and all for which no pool has room.
    package init(_ tenant: TenantInForce, previous: TenantState?) throws(NetworkErrors) {
        var planner = CIDRPlanner(tenant: tenant.tenant)
        for cvlan in tenant.cvlans {
            if case .cidrs(let cidrs) = cvlan.range { planner.declare(cidrs, for: cvlan) }
        }
        for cvlan in tenant.cvlans {
            if case .auto(let v4, let v6) = cvlan.range {
                planner.keep(v4, .v4, previous?.cvlans[cvlan.name]?.cidrs ?? [], for: cvlan)
                planner.keep(v6, .v6, previous?.cvlans[cvlan.name]?.cidrs ?? [], for: cvlan)
            }
        }
        for cvlan in tenant.cvlans {
            if case .auto(let v4, let v6) = cvlan.range {
                planner.cut(v4, .v4, for: cvlan)
                planner.cut(v6, .v6, for: cvlan)
            }
        }
        try NetworkErrors.throwIfAny(planner.errors)
        cidrs = planner.cidrs
    }
}

private struct CIDRPlanner {
    let tenant: Tenant
    var cidrs: [String: [IPPrefix]] = [:]
    var errors: [NetworkError] = []
    /// Blocks in use by any network, sorted; disjoint while there is no error.
    private var taken: [(prefix: IPPrefix, owner: String)] = []
    /// Where the search for a block of a length goes on in a pool: below it all is taken.
    private var cursors: [Cursor: IPAddress] = [:]

    private struct Cursor: Hashable {
        var pool: IPPrefix
        var length: Int
    }

    init(tenant: Tenant) {
        self.tenant = tenant
    }

    mutating func declare(_ prefixes: [Located<IPPrefix>], for cvlan: CVLAN) {
        cidrs[cvlan.name] = prefixes.map(\.value)
        for prefix in prefixes {
            if let other = owner(overlapping: prefix.value) {
                let message =
                    "`\(prefix.value)` of network `\(cvlan.name)` overlaps `\(other.prefix)` of network `\(other.owner)`"
                errors.append(NetworkError(.overlappingNetworks, tenant: tenant.name, at: prefix.span, message))
            } else {
                take(prefix.value, for: cvlan)
            }
        }
    }

    mutating func keep(_ length: Located<Int>?, _ family: IPFamily, _ previous: [IPPrefix], for cvlan: CVLAN) {
        guard let length, let block = previous.first(where: { $0.family == family }), block.length == length.value,
            tenant.addressPools.contains(where: { $0.value.contains(block) })
        else { return }
        guard let other = owner(overlapping: block) else {
            take(block, for: cvlan)
            cidrs[cvlan.name, default: []].append(block)
            return
        }
        // The declared network came later: the addresses of the nodes here do not move for it.
        let message =
            "`\(other.prefix)` of network `\(other.owner)` overlaps `\(block)`, which network `\(cvlan.name)` was given"
        errors.append(NetworkError(.overlappingNetworks, tenant: tenant.name, at: cvlan.metadata.$name.span, message))
        cidrs[cvlan.name, default: []].append(block)
    }

    mutating func cut(_ length: Located<Int>?, _ family: IPFamily, for cvlan: CVLAN) {
        guard let length, cidrs[cvlan.name]?.contains(where: { $0.family == family }) != true else { return }
        for pool in tenant.addressPools.map(\.value) where pool.family == family && pool.length <= length.value {
            guard let block = lowestFree(length.value, in: pool) else { continue }
            take(block, for: cvlan)
            cidrs[cvlan.name] = ((cidrs[cvlan.name] ?? []) + [block]).sorted()
            return
        }
        let name = family == .v4 ? "IPv4" : "IPv6"
        let message = "no address pool of tenant `\(tenant.name)` has room for a /\(length.value) \(name) network"
        errors.append(NetworkError(.poolExhausted, tenant: tenant.name, at: length.span, message))
    }

    private mutating func lowestFree(_ length: Int, in pool: IPPrefix) -> IPPrefix? {
        let cursor = Cursor(pool: pool, length: length)
        var candidate = IPPrefix(cursors[cursor] ?? pool.firstAddress, length: length)
        while let block = candidate, pool.contains(block) {
            cursors[cursor] = block.address
            guard let other = owner(overlapping: block) else { return block }
            // Behind whichever of the two ends later, which for aligned blocks is the larger.
            let end = max(other.prefix.lastAddress, block.lastAddress)
            candidate = end.next.flatMap { IPPrefix($0, length: length) }
        }
        return nil
    }

    private mutating func take(_ prefix: IPPrefix, for cvlan: CVLAN) {
        taken.insert((prefix.network, cvlan.name), at: position(of: prefix.firstAddress))
    }

    /// The taken blocks are disjoint: only the last that begins at or below an address, and the next, can overlap.
    private func owner(overlapping prefix: IPPrefix) -> (prefix: IPPrefix, owner: String)? {
        let index = position(of: prefix.firstAddress)
        let neighbours = [index - 1, index].filter(taken.indices.contains).map { taken[$0] }
        return neighbours.first { $0.prefix.overlaps(prefix) }
    }

    /// How many taken blocks begin below `address`.
    private func position(of address: IPAddress) -> Int {
        var low = 0
        var high = taken.count
        while low < high {
            let middle = (low + high) / 2
            if taken[middle].prefix.address < address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

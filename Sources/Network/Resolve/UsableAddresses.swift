package import Addressing
package import Manifests

/// Which addresses of a network a node may have.
package struct UsableAddresses {
    let cidrs: [IPPrefix]
    /// `reserved` of the manifest, not for allocation, but a node may have one of them fixed.
    private let reserved: AddressSet

    init(cidrs: [IPPrefix], reserved: [AddressRange]) {
        self.cidrs = cidrs
        self.reserved = AddressSet(reserved)
    }

    func cidr(of address: IPAddress) -> IPPrefix? {
        cidrs.first { $0.contains(address) }
    }

    /// In the network, and neither its own address, nor its broadcast, nor the subnet-router anycast.
    func isAssignable(_ address: IPAddress) -> Bool {
        guard let cidr = cidr(of: address) else { return false }
        return Self.hosts(of: cidr).contains(address)
    }

    /// What hosts may have: of IPv4 without network and broadcast address, but in /31 and /32 all (RFC 3021); of IPv6
    /// without the subnet-router anycast address (RFC 4291 §2.6.1), but in /127 and /128 all (RFC 6164).
    package static func hosts(of cidr: IPPrefix) -> AddressRange {
        let (first, last) = (cidr.firstAddress, cidr.lastAddress)
        let isPointToPoint = cidr.family.bitWidth - cidr.length < 2
        let lowest = isPointToPoint ? first : IPAddress(family: cidr.family, value: first.value + 1)
        let highest =
            isPointToPoint || cidr.family == .v6 ? last : IPAddress(family: cidr.family, value: last.value - 1)
        return AddressRange(lowest, through: highest) ?? AddressRange(cidr)
    }

    /// The last of the reserved addresses from `address` on; `nil` when that is not reserved.
    func endOfReservation(at address: IPAddress) -> IPAddress? {
        reserved.lastOfRange(around: address)
    }
}

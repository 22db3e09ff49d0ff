/// An address and how many of its leading bits count: `10.1.0.0/24`. Host bits may be set, as in the address of an
/// interface (`10.1.0.7/24`); `network` clears them.
@frozen
package struct IPPrefix: Hashable, Sendable, Comparable {
    package let address: IPAddress
    /// 0...32 or 0...128.
    package let length: Int

    /// `nil` when the length does not fit the family.
    @inlinable
    package init?(_ address: IPAddress, length: Int) {
        guard (0...address.family.bitWidth).contains(length) else { return nil }
        self.address = address
        self.length = length
    }

    /// The prefix that holds one address.
    @inlinable
    package init(host address: IPAddress) {
        self.address = address
        length = address.family.bitWidth
    }

    @inlinable package var family: IPFamily { address.family }

    /// The same prefix with its host bits cleared.
    package var network: IPPrefix {
        let masked = address.value & Self.mask(family, length).networkMask
        return IPPrefix(unchecked: IPAddress(family: family, value: masked), length: length)
    }

    /// Whether no host bit is set.
    package var isNetwork: Bool { self == network }

    package var firstAddress: IPAddress { network.address }

    /// The last address: IPv4's directed broadcast, where there is one.
    package var lastAddress: IPAddress {
        IPAddress(family: family, value: address.value | Self.mask(family, length).hostMask)
    }

    @inlinable
    package func contains(_ other: IPAddress) -> Bool {
        guard other.family == family else { return false }
        let hostBits = family.bitWidth - length
        return hostBits == 128 || (other.value ^ address.value) >> UInt128(hostBits) == 0
    }

    /// Whether every address of `other` is in this prefix.
    @inlinable
    package func contains(_ other: IPPrefix) -> Bool {
        other.length >= length && contains(other.address)
    }

    @inlinable
    package func overlaps(_ other: IPPrefix) -> Bool {
        contains(other) || other.contains(self)
    }

    package static func < (a: IPPrefix, b: IPPrefix) -> Bool {
        a.address == b.address ? a.length < b.length : a.address < b.address
    }

    @usableFromInline
    init(unchecked address: IPAddress, length: Int) {
        self.address = address
        self.length = length
    }

    static func mask(_ family: IPFamily, _ length: Int) -> (networkMask: UInt128, hostMask: UInt128) {
        let all = family == .v4 ? UInt128(UInt32.max) : UInt128.max
        let hostBits = family.bitWidth - length
        let hostMask = hostBits == 128 ? all : (UInt128(1) << UInt128(hostBits)) - 1
        return (all & ~hostMask, hostMask)
    }
}

extension IPPrefix: CustomStringConvertible, LosslessStringConvertible {
    /// `ADDRESS/LENGTH`; the length is decimal without sign or leading zeros.
    package init?(_ text: some StringProtocol) {
        guard let slash = text.firstIndex(of: "/"), let address = IPAddress(text[..<slash]) else { return nil }
        let digits = text[text.index(after: slash)...]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            digits.utf8.count == 1 || digits.first != "0", let length = Int(digits)
        else { return nil }
        self.init(address, length: length)
    }

    package init?(_ text: String) {
        self.init(text[...])
    }

    package var description: String { "\(address)/\(length)" }
}

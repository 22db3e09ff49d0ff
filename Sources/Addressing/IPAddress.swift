/// The two versions of the Internet Protocol.
@frozen
package enum IPFamily: UInt8, Sendable, Hashable, Comparable {
    case v4 = 4
    case v6 = 6

    /// Bits in an address: 32 or 128.
    @inlinable package var bitWidth: Int { self == .v4 ? 32 : 128 }
    /// Bytes in an address: 4 or 16.
    @inlinable package var byteCount: Int { self == .v4 ? 4 : 16 }

    @inlinable package static func < (a: IPFamily, b: IPFamily) -> Bool { a.rawValue < b.rawValue }
}

/// An IPv4 or IPv6 address. IPv4 sorts before IPv6; within a family, addresses sort as numbers.
@frozen
package struct IPAddress: Hashable, Sendable, Comparable {
    package let family: IPFamily
    /// The address as a number, in host byte order: an IPv4 address fills the low 32 bits.
    package let value: UInt128

    @inlinable
    package init(family: IPFamily, value: UInt128) {
        self.family = family
        self.value = value
    }

    @inlinable
    package init(v4 value: UInt32) {
        self.init(family: .v4, value: UInt128(value))
    }

    @inlinable
    package init(v6 value: UInt128) {
        self.init(family: .v6, value: value)
    }

    /// From network byte order; `nil` unless there are 4 or 16 bytes.
    package init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: family = .v4
        case 16: family = .v6
        default: return nil
        }
        value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// 4 or 16 bytes in network byte order.
    package var bytes: [UInt8] {
        (0..<family.byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt128($0))) }
    }

    @inlinable
    package static func < (a: IPAddress, b: IPAddress) -> Bool {
        a.family == b.family ? a.value < b.value : a.family < b.family
    }

    /// Whether the address means another machine on another link: 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 §2.5.6).
    package var isLinkLocal: Bool {
        switch family {
        case .v4: value >> 16 == 0xA9FE
        case .v6: value >> 118 == 0xFE80 >> 6
        }
    }

    /// The next address, or `nil` after the last of the family.
    package var next: IPAddress? {
        value == IPPrefix.mask(family, 0).hostMask ? nil : IPAddress(family: family, value: value + 1)
    }
}

// MARK: - Text

extension IPAddress: CustomStringConvertible, LosslessStringConvertible {
    /// Dotted decimal without leading zeros, or any form of RFC 4291 §2.2 (no zone).
    package init?(_ text: some StringProtocol) {
        let utf8 = Array(text.utf8.prefix(46))
        guard utf8.count < 46 else { return nil }
        if utf8.contains(UInt8(ascii: ":")) {
            guard let value = Self.parseV6(utf8[...]) else { return nil }
            self.init(v6: value)
        } else {
            guard let value = Self.parseV4(utf8[...]) else { return nil }
            self.init(v4: value)
        }
    }

    package init?(_ text: String) {
        self.init(text[...])
    }

    /// Dotted decimal, or the canonical form of RFC 5952.
    package var description: String {
        family == .v4 ? Self.format(v4: UInt32(truncatingIfNeeded: value)) : Self.format(v6: value)
    }

    private static func parseV4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var octet: UInt32 = 0
            for digit in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                octet = octet * 10 + UInt32(digit - UInt8(ascii: "0"))
            }
            guard octet <= 255 else { return nil }
            value = value << 8 | octet
        }
        return value
    }

    private static func parseV6(_ text: ArraySlice<UInt8>) -> UInt128? {
        var groups: [UInt16] = []
        var gap: Int?
        var rest = text
        let colon = UInt8(ascii: ":")
        if rest.starts(with: [colon, colon]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let group = rest.prefix { $0 != colon }
            if group.contains(UInt8(ascii: ".")) {
                guard group.endIndex == rest.endIndex, let v4 = parseV4(group) else { return nil }
                groups += [UInt16(v4 >> 16), UInt16(truncatingIfNeeded: v4)]
                rest = []
                break
            }
            guard (1...4).contains(group.count), let value = hexadecimal(group) else { return nil }
            groups.append(value)
            rest = rest[group.endIndex...]
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for digit in digits {
            guard let nibble = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(nibble)
        }
        return value
    }

    private static func format(v4 value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    private static func format(v6 value: UInt128) -> String {
        if value >> 32 == 0xFFFF {
            return "::ffff:" + format(v4: UInt32(truncatingIfNeeded: value))
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(16 * (7 - $0))) }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = max(end, start + 1)
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !longest.isEmpty else { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}

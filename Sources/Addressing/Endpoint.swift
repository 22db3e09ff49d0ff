/// An IP address with a UDP or TCP port: `203.0.113.7:51820`, `[2001:db8::1]:51820`, `[fe80::1%3]:51820`.
@frozen
package struct Endpoint: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16
    /// The interface index that a link-local IPv6 address belongs to; 0 where there is none.
    package let scope: UInt32

    @inlinable
    package init(_ address: IPAddress, port: UInt16, scope: UInt32 = 0) {
        self.address = address
        self.port = port
        self.scope = scope
    }
}

extension Endpoint: CustomStringConvertible, LosslessStringConvertible {
    /// No names are resolved; a zone must be numeric.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.number(text[text.index(after: colon)...], UInt16.self)
        else { return nil }
        let host = text[..<colon]
        guard host.first == "[" else {
            guard let address = IPAddress(host), address.family == .v4 else { return nil }
            self.init(address, port: port)
            return
        }
        guard host.last == "]" else { return nil }
        let inner = host.dropFirst().dropLast()
        let parts = inner.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first), address.family == .v6 else { return nil }
        guard parts.count == 2 else {
            self.init(address, port: port)
            return
        }
        guard let scope = Self.number(parts[1], UInt32.self) else { return nil }
        self.init(address, port: port, scope: scope)
    }

    package var description: String {
        switch address.family {
        case .v4: "\(address):\(port)"
        case .v6: scope == 0 ? "[\(address)]:\(port)" : "[\(address)%\(scope)]:\(port)"
        }
    }

    private static func number<N: FixedWidthInteger>(_ digits: Substring, _: N.Type) -> N? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return N(digits)
    }
}

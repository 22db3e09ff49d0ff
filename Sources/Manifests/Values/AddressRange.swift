package import Addressing

/// Addresses from one to another, both included, of one family: `10.0.0.3-10.0.0.7`, `10.0.0.0/29`, `10.0.0.9`.
package struct AddressRange: Hashable, Sendable {
    package let first: IPAddress
    package let last: IPAddress

    /// `nil` unless both are of one family and in order.
    package init?(_ first: IPAddress, through last: IPAddress) {
        guard first.family == last.family, first <= last else { return nil }
        self.first = first
        self.last = last
    }

    package init(_ prefix: IPPrefix) {
        first = prefix.firstAddress
        last = prefix.lastAddress
    }

    package var family: IPFamily { first.family }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && first <= address && address <= last
    }
}

extension AddressRange: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: "/")) {
            guard let prefix = IPPrefix(text), prefix.isNetwork else { return nil }
            self.init(prefix)
            return
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let start = ends.first, let end = ends.last, let first = IPAddress(start),
            let last = IPAddress(end)
        else { return nil }
        self.init(first, through: last)
    }

    package var description: String { first == last ? "\(first)" : "\(first)-\(last)" }
}

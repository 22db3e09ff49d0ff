/// A number of one of IANA's IKEv2 registries. Peers may send any value; those that the product knows have a name.
package protocol Registered: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue: FixedWidthInteger & UnsignedInteger & Sendable {
    /// As IANA spells it; `nil` for a number that the product has no name for.
    var name: String? { get }
}

extension Registered {
    package var description: String { name ?? "\(rawValue)" }
}

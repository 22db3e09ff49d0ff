/// Something that exists on both sides of a diff: what is wanted and what is there are both sets of records.
///
/// A type with several kinds of things is an enum over them; `kind` tells which, and the order of the kinds is the
/// order of creation: whatever a record depends on is of an earlier kind.
///
///     enum Kind: Comparable { case interface, address, peer }    // synthesised: in order of declaration
package protocol Record: Equatable, Sendable {
    associatedtype Kind: Hashable & Comparable & Sendable
    associatedtype Key: Hashable & Comparable & Sendable

    var kind: Kind { get }
    /// Unique within the kind.
    var key: Key { get }
    /// What is compared and shown, in the order to show it. A field that the wanted record leaves out is not compared:
    /// whatever is there may stay.
    var fields: [Field] { get }
    /// The records that must be there before this one, all of an earlier kind. Those that neither side has are taken
    /// as given.
    var dependencies: [RecordID<Kind, Key>] { get }
}

extension Record {
    package var id: RecordID<Kind, Key> { RecordID(kind: kind, key: key) }
    package var dependencies: [RecordID<Kind, Key>] { [] }
}

/// Names one record among all kinds. Sorts by kind, then key.
package struct RecordID<Kind: Hashable & Comparable & Sendable, Key: Hashable & Comparable & Sendable>:
    Hashable, Comparable, Sendable, CustomStringConvertible
{
    package let kind: Kind
    package let key: Key

    package init(kind: Kind, key: Key) {
        self.kind = kind
        self.key = key
    }

    package static func < (a: Self, b: Self) -> Bool {
        a.kind == b.kind ? a.key < b.key : a.kind < b.kind
    }

    package var description: String { "\(kind) \(key)" }
}

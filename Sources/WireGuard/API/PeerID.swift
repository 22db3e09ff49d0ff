/// A peer of one `Device`, as a small number. The id of a removed peer stays invalid for ever, even when its `index` is
/// given to another.
@frozen
package struct PeerID: Hashable, Sendable {
    /// Dense: always less than the greatest number of peers that the device had at once. Fit as an index into the caller's arrays.
    package let index: UInt32
    package let generation: UInt32

    @inlinable
    package init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }
}

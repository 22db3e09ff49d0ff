/// What each of our 32-bit indices stands for.
///
/// Open addressing with the index as its own hash: indices are drawn at random here, so that nobody outside can make them
/// collide.
package struct IndexTable<Use> {
    @usableFromInline enum Slot {
        case free
        case used(UInt32, Use)
    }

    @usableFromInline var slots = ContiguousArray<Slot>(repeating: .free, count: 16)
    @usableFromInline var used = 0

    @inlinable package init() {}

    @inlinable package var count: Int { used }

    @inlinable var mask: Int { slots.count - 1 }

    @inlinable @inline(__always)
    package subscript(index: UInt32) -> Use? {
        var position = Int(index) & mask
        while case .used(let key, let use) = slots[position] {
            if key == index { return use }
            position = (position + 1) & mask
        }
        return nil
    }

    /// Puts `use` under a new index.
    @inlinable package mutating func insert(_ use: Use, random: () -> UInt32) -> UInt32 {
        while true {
            let index = random()
            guard self[index] == nil else { continue }
            insert(use, at: index)
            return index
        }
    }

    /// Puts `use` under an index that was drawn at random elsewhere, and is not in the table.
    @inlinable package mutating func insert(_ use: Use, at index: UInt32) {
        precondition(self[index] == nil, "an index is given once")
        if used >= slots.count / 2 { resize(slots.count * 2) }
        place(index, use)
        used += 1
    }

    @inlinable package mutating func replace(_ index: UInt32, with use: Use) {
        var position = Int(index) & mask
        while case .used(let key, _) = slots[position] {
            if key == index {
                slots[position] = .used(index, use)
                return
            }
            position = (position + 1) & mask
        }
    }

    @inlinable package mutating func remove(_ index: UInt32) {
        var position = Int(index) & mask
        while true {
            guard case .used(let key, _) = slots[position] else { return }
            if key == index { break }
            position = (position + 1) & mask
        }
        slots[position] = .free
        used -= 1
        // Those after the gap are put anew, so that a search never stops too early.
        position = (position + 1) & mask
        while case .used(let key, let use) = slots[position] {
            slots[position] = .free
            place(key, use)
            position = (position + 1) & mask
        }
        if slots.count > 16, used < slots.count / 8 { resize(slots.count / 2) }
    }

    @inlinable mutating func place(_ index: UInt32, _ use: Use) {
        var position = Int(index) & mask
        while case .used = slots[position] { position = (position + 1) & mask }
        slots[position] = .used(index, use)
    }

    @inlinable mutating func resize(_ size: Int) {
        let old = slots
        slots = ContiguousArray(repeating: .free, count: size)
        for case .used(let index, let use) in old { place(index, use) }
    }
}

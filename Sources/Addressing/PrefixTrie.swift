/// The trie of one family in `PrefixTable`.
///
/// A node that has no owner joins two branches. Nodes of an owner are a doubly linked list, so that they are found without a
/// walk.
struct PrefixTrie<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    typealias Owner = UInt32
    private typealias Index = UInt32

    private struct Node {
        var key: Key
        /// Children by the bit after the prefix.
        var zero: Index = .none
        var one: Index = .none
        var owner: Owner = 0
        var nextOfOwner: Index = .none
        var previousOfOwner: Index = .none
        var length: UInt8
        var isOwned = false
    }

    private var nodes: ContiguousArray<Node> = []
    private var free: [Index] = []
    private var root: Index = .none
    private var firstOfOwner: [Owner: Index] = [:]
    private(set) var count = 0

    // MARK: Reading

    @inline(__always)
    func lookup(_ address: Key) -> Owner? { match(address)?.owner }

    /// The owner of the longest prefix that holds the address, and its length.
    func match(_ address: Key) -> (owner: Owner, length: Int)? {
        nodes.withUnsafeBufferPointer { nodes in
            var best: (owner: Owner, length: Int)?
            var index = root
            while index != .none {
                let node = nodes[Int(index)]
                guard Self.matches(address, node.key, Int(node.length)) else { break }
                if node.isOwned { best = (node.owner, Int(node.length)) }
                guard node.length < Key.bitWidth else { break }
                index = Self.bit(address, Int(node.length)) ? node.one : node.zero
            }
            return best
        }
    }

    func owner(_ address: Key, _ length: Int) -> Owner? {
        let key = Self.masked(address, length)
        guard let index = path(to: key, length).last else { return nil }
        let node = nodes[Int(index)]
        return node.key == key && node.length == length && node.isOwned ? node.owner : nil
    }

    func prefixes(of owner: Owner) -> [(key: Key, length: Int)] {
        var found: [(key: Key, length: Int)] = []
        var index = firstOfOwner[owner] ?? .none
        while index != .none {
            let node = nodes[Int(index)]
            found.append((node.key, Int(node.length)))
            index = node.nextOfOwner
        }
        return found
    }

    // MARK: Changing

    mutating func insert(_ address: Key, _ length: Int, _ owner: Owner) -> Owner? {
        let key = Self.masked(address, length)
        var parent = Index.none
        var index = root
        while index != .none {
            let node = nodes[Int(index)]
            let common = min(length, Int(node.length), (key ^ node.key).leadingZeroBitCount)
            if common < node.length {
                let leaf = make(key, length)
                // Either the new prefix holds this node, or both hang from a new branch.
                let top = common == length ? leaf : make(Self.masked(key, common), common)
                attach(index, to: top)
                if top != leaf { attach(leaf, to: top) }
                replace(index, under: parent, by: top)
                own(leaf, owner)
                return nil
            }
            if length == node.length {
                let former = node.isOwned ? node.owner : nil
                if former != nil { disown(index) }
                own(index, owner)
                return former
            }
            parent = index
            index = Self.bit(key, Int(node.length)) ? node.one : node.zero
        }
        let leaf = make(key, length)
        if parent == .none { root = leaf } else { attach(leaf, to: parent) }
        own(leaf, owner)
        return nil
    }

    mutating func remove(_ address: Key, _ length: Int) -> Owner? {
        let key = Self.masked(address, length)
        var path = path(to: key, length)
        guard let index = path.popLast() else { return nil }
        let node = nodes[Int(index)]
        guard node.key == key, node.length == length, node.isOwned else { return nil }
        disown(index)
        let parent = path.popLast() ?? .none
        contract(index, under: parent)
        // A branch that has lost a side is none any more.
        if parent != .none { contract(parent, under: path.last ?? .none) }
        return node.owner
    }

    mutating func removeAll(of owner: Owner) {
        while let index = firstOfOwner[owner] {
            let node = nodes[Int(index)]
            _ = remove(node.key, Int(node.length))
        }
    }

    // MARK: Nodes

    /// The nodes from the root on whose prefixes hold `key`, down to `length`.
    private func path(to key: Key, _ length: Int) -> [Index] {
        var path: [Index] = []
        var index = root
        while index != .none {
            let node = nodes[Int(index)]
            guard node.length <= length, Self.matches(key, node.key, Int(node.length)) else { break }
            path.append(index)
            guard node.length < length else { break }
            index = Self.bit(key, Int(node.length)) ? node.one : node.zero
        }
        return path
    }

    private mutating func make(_ key: Key, _ length: Int) -> Index {
        let node = Node(key: key, length: UInt8(length))
        if let index = free.popLast() {
            nodes[Int(index)] = node
            return index
        }
        nodes.append(node)
        return Index(nodes.count - 1)
    }

    private mutating func attach(_ child: Index, to parent: Index) {
        if Self.bit(nodes[Int(child)].key, Int(nodes[Int(parent)].length)) {
            nodes[Int(parent)].one = child
        } else {
            nodes[Int(parent)].zero = child
        }
    }

    private mutating func replace(_ old: Index, under parent: Index, by new: Index) {
        if parent == .none {
            root = new
        } else if nodes[Int(parent)].one == old {
            nodes[Int(parent)].one = new
        } else {
            nodes[Int(parent)].zero = new
        }
    }

    /// Takes a node out that neither has an owner nor joins two branches.
    private mutating func contract(_ index: Index, under parent: Index) {
        let node = nodes[Int(index)]
        guard !node.isOwned, node.zero == .none || node.one == .none else { return }
        replace(index, under: parent, by: node.zero == .none ? node.one : node.zero)
        free.append(index)
    }

    private mutating func own(_ index: Index, _ owner: Owner) {
        let next = firstOfOwner.updateValue(index, forKey: owner) ?? .none
        nodes[Int(index)].owner = owner
        nodes[Int(index)].isOwned = true
        nodes[Int(index)].nextOfOwner = next
        nodes[Int(index)].previousOfOwner = .none
        if next != .none { nodes[Int(next)].previousOfOwner = index }
        count += 1
    }

    private mutating func disown(_ index: Index) {
        let node = nodes[Int(index)]
        if node.nextOfOwner != .none { nodes[Int(node.nextOfOwner)].previousOfOwner = node.previousOfOwner }
        if node.previousOfOwner != .none {
            nodes[Int(node.previousOfOwner)].nextOfOwner = node.nextOfOwner
        } else {
            firstOfOwner[node.owner] = node.nextOfOwner == .none ? nil : node.nextOfOwner
        }
        nodes[Int(index)].isOwned = false
        count -= 1
    }

    // MARK: Bits

    private static func masked(_ key: Key, _ length: Int) -> Key {
        length == 0 ? 0 : key & (Key.max << Key(Key.bitWidth - length))
    }

    @inline(__always)
    private static func matches(_ a: Key, _ b: Key, _ length: Int) -> Bool {
        length == 0 || (a ^ b) &>> Key(truncatingIfNeeded: Key.bitWidth - length) == 0
    }

    /// The bit after the first `position` ones.
    @inline(__always)
    private static func bit(_ key: Key, _ position: Int) -> Bool {
        (key &>> Key(truncatingIfNeeded: Key.bitWidth - 1 - position)) & 1 == 1
    }
}

extension UInt32 {
    /// No node.
    fileprivate static var none: UInt32 { .max }
}

/// When each peer has to be looked at next: a binary heap that knows where each peer is in it.
///
/// The hot path moves deadlines later with every packet. It leaves the heap alone then: an entry may be too early, never too
/// late, and is put right when it comes to the top.
package struct TimerQueue {
    private struct Entry {
        var deadline: Instant
        let peer: UInt32
    }

    private static let absent = Int32(-1)

    package init() {}

    private var heap: ContiguousArray<Entry> = []
    /// By peer: its place in `heap`.
    private var places: ContiguousArray<Int32> = []

    package var first: (deadline: Instant, peer: UInt32)? { heap.first.map { ($0.deadline, $0.peer) } }

    /// When the peer is looked at; `.never` if it is not in the queue.
    @inline(__always)
    package func deadline(of peer: UInt32) -> Instant {
        guard Int(peer) < places.count, places[Int(peer)] != Self.absent else { return .never }
        return heap[Int(places[Int(peer)])].deadline
    }

    /// Sets when the peer is looked at; `.never` takes it out.
    package mutating func set(_ peer: UInt32, _ deadline: Instant) {
        while places.count <= Int(peer) { places.append(Self.absent) }
        let place = Int(places[Int(peer)])
        guard deadline != .never else {
            if place >= 0 { remove(at: place) }
            return
        }
        guard place >= 0 else {
            heap.append(Entry(deadline: deadline, peer: peer))
            places[Int(peer)] = Int32(heap.count - 1)
            siftUp(heap.count - 1)
            return
        }
        let former = heap[place].deadline
        heap[place].deadline = deadline
        if deadline < former { siftUp(place) } else { siftDown(place) }
    }

    private mutating func remove(at place: Int) {
        places[Int(heap[place].peer)] = Self.absent
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        places[Int(last.peer)] = Int32(place)
        siftDown(place)
        siftUp(place)
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard heap[place].deadline < heap[parent].deadline else { return }
            swap(place, parent)
            place = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var place = start
        while true {
            var least = 2 * place + 1
            guard least < heap.count else { return }
            if least + 1 < heap.count, heap[least + 1].deadline < heap[least].deadline { least += 1 }
            guard heap[least].deadline < heap[place].deadline else { return }
            swap(place, least)
            place = least
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        places[Int(heap[a].peer)] = Int32(a)
        places[Int(heap[b].peer)] = Int32(b)
    }
}

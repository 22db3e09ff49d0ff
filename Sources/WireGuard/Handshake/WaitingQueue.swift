/// What waits for its turn, first come, first served, up to a number. It gives back what it has grown by when it is empty.
struct WaitingQueue<Element> {
    private var elements: ContiguousArray<Element?> = []
    private var head = 0
    private(set) var count = 0
    private let limit: Int
    private static var smallest: Int { 16 }

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { count == 0 }

    /// `false` when there is no room.
    mutating func append(_ element: Element) -> Bool {
        guard count < limit else { return false }
        if count == elements.count { grow() }
        elements[(head + count) % elements.count] = element
        count += 1
        return true
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = elements[head]
        elements[head] = nil
        head = (head + 1) % elements.count
        count -= 1
        if count == 0, elements.count > Self.smallest { removeAll() }
        return element
    }

    mutating func removeAll() {
        elements = []
        head = 0
        count = 0
    }

    private mutating func grow() {
        var grown = ContiguousArray<Element?>(repeating: nil, count: min(max(Self.smallest, 2 * elements.count), limit))
        for offset in 0..<count { grown[offset] = elements[(head + offset) % elements.count] }
        elements = grown
        head = 0
    }
}

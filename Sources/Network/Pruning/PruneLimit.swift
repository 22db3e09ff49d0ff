/// How much of a network may go without a word: the share of its nodes, in percent.
package struct PruneLimit: Hashable, Sendable {
    package let percent: Int

    package static let standard = PruneLimit(unchecked: 20)

    /// 0 to 100; with 100 nodes may always go, whole networks and tenants still not.
    package init?(percent: Int) {
        guard (0...100).contains(percent) else { return nil }
        self.init(unchecked: percent)
    }

    private init(unchecked percent: Int) {
        self.percent = percent
    }

    /// One node may always go: in a small network that alone would be a large share.
    func isPassed(by gone: Int, of total: Int) -> Bool { gone > 1 && gone * 100 > total * percent }
}

internal import Manifests

/// What was probably meant, as long as there are few findings and few names: nobody reads a guess from thousands, and
/// each costs time.
struct HintBudget {
    private var left = 50
    private static let mostNames = 1000

    mutating func nearest(to name: String, among names: some Collection<String>) -> String? {
        guard left > 0, names.count <= Self.mostNames else { return nil }
        left -= 1
        return Spelling.nearest(to: name, among: names.sorted())
    }
}

/// Collects the entries of a mapping and refuses keys that are there already.
struct MappingBuilder {
    private(set) var entries: [SyntaxNode.Entry] = []
    /// Where each key is. Empty while there are so few that looking through `entries` is faster.
    private var indices: [String: Int] = [:]

    private static let few = 16

    init() {
        entries.reserveCapacity(4)
    }

    /// `nil`, or what is wrong with the key; its value is then left out.
    mutating func append(_ entry: SyntaxNode.Entry) -> ManifestProblem? {
        if let first = index(of: entry.key) {
            let line = entries[first].keySpan.line
            return ManifestProblem(
                .duplicateKey, at: entry.keySpan, "`\(entry.key.shortened)` is here twice, first on line \(line)")
        }
        if entries.count == Self.few {
            for (index, known) in entries.enumerated() { indices[known.key] = index }
        }
        if entries.count >= Self.few { indices[entry.key] = entries.count }
        entries.append(entry)
        return nil
    }

    private func index(of key: String) -> Int? {
        guard entries.count <= Self.few else { return indices[key] }
        for index in entries.indices where entries[index].key == key { return index }
        return nil
    }
}

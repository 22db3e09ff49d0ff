/// Finds what was probably meant.
package enum Spelling {
    /// The candidate that differs in the fewest letters, if that is few enough to be a slip.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        guard (1...40).contains(word.utf8.count) else { return nil }
        let letters = Array(word.lowercased().utf8)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().utf8)
            guard abs(other.count - letters.count) <= 2, other.count <= 40 else { continue }
            let distance = distance(letters, other)
            // Words of one letter resemble all others.
            guard distance < letters.count, distance <= max(1, min(letters.count, other.count) / 3),
                distance < best?.distance ?? .max
            else {
                continue
            }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// Letters inserted, left out, exchanged, or swapped with their neighbour.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous: [Int] = []
        var row = Array(0...b.count)
        for i in 0..<a.count {
            let older = previous
            previous = row
            row[0] = i + 1
            for j in 0..<b.count {
                let change = previous[j] + (a[i] == b[j] ? 0 : 1)
                row[j + 1] = min(change, previous[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], older[j - 1] + 1) }
            }
        }
        return row[b.count]
    }
}

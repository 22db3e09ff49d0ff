/// A line of a manifest, or what of it fits, and where in it something is marked.
struct Excerpt: Hashable {
    /// Visible characters only; `…` where something is left out.
    let text: String
    /// Cells of a terminal before the mark.
    let indent: Int
    /// Cells that are marked; at least 1.
    let length: Int

    private static let tab = "    "
    /// Of what does not fit, this share of the room is in front of the mark.
    private static let shareBefore = 3
    /// Scalars without a width, stacked on one another, are not followed for ever.
    private static let mostScalars = 2000

    /// - Parameters:
    ///   - column: counted from 1, in Unicode scalars, as `length` is.
    ///   - width: cells for all of it.
    init(of line: [Unicode.Scalar], column: Int, length: Int, width: Int) {
        // Room for a `…` on either side.
        let room = max(width, 20) - 2
        let start = min(max(column - 1, 0), line.count)
        let end = min(start + max(length, 1), line.count)
        let (marked, markEnd) = Self.take(line[start..<end], room)
        let rest = room - marked
        // As much in front as can be had while there is some behind, but no room is left unused.
        let wholeAfter = Self.take(line[markEnd...], rest).cells
        let wantedBefore = max(rest - wholeAfter, rest / Self.shareBefore)
        let (before, first) = Self.takeLast(line[..<start], wantedBefore)
        let (_, last) = Self.take(line[markEnd...], rest - before)
        text =
            (first > 0 ? "…" : "") + Self.visible(line[first..<last]) + (last < line.count ? "…" : "")
        indent = before + (first > 0 ? 1 : 0)
        self.length = max(marked, 1)
    }

    private static func cells(of scalar: Unicode.Scalar) -> Int {
        scalar == "\t" ? tab.count : VisibleText.width(of: VisibleText.of(scalar))
    }

    /// As many scalars as have room: the cells that they take, and where they end.
    private static func take(_ scalars: ArraySlice<Unicode.Scalar>, _ room: Int) -> (cells: Int, end: Int) {
        var sum = 0
        for (index, scalar) in zip(scalars.indices, scalars) {
            let cells = cells(of: scalar)
            guard sum + cells <= room, index - scalars.startIndex < mostScalars else { return (sum, index) }
            sum += cells
        }
        return (sum, scalars.endIndex)
    }

    /// The same from the end: where they begin.
    private static func takeLast(_ scalars: ArraySlice<Unicode.Scalar>, _ room: Int) -> (cells: Int, start: Int) {
        var sum = 0
        var start = scalars.endIndex
        while start > scalars.startIndex, scalars.endIndex - start < mostScalars {
            let cells = cells(of: scalars[start - 1])
            guard sum + cells <= room else { break }
            sum += cells
            start -= 1
        }
        return (sum, start)
    }

    private static func visible(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars {
            if scalar == "\t" {
                text += tab
            } else {
                text.unicodeScalars.append(VisibleText.of(scalar))
            }
        }
        return text
    }
}

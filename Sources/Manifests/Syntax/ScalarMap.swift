/// Where a file has scalars, in which `#` begins no comment.
struct ScalarMap {
    typealias Place = YAMLEvent.Mark

    /// In the order of the file.
    private var scalars: [Range<Place>] = []
    /// What is behind this place has not been read.
    private var end = Place(line: 0, column: 0)

    mutating func add(_ event: borrowing YAMLEvent) {
        end = event.kind == .streamEnd ? Place(line: .max, column: .max) : event.end
        guard event.kind == .scalar else { return }
        // Behind `|` a comment may stand: the text begins on the next line.
        let first = event.style == .other ? Place(line: event.start.line + 1, column: 0) : event.start
        if first < end { scalars.append(first..<end) }
    }

    /// Answers for places that are asked for in the order of the file.
    struct Cursor {
        fileprivate let map: ScalarMap
        private var index = 0

        fileprivate init(_ map: ScalarMap) { self.map = map }

        mutating func allowsComment(at place: Place) -> Bool {
            while index < map.scalars.count, map.scalars[index].upperBound <= place { index += 1 }
            return place < map.end && (index == map.scalars.count || place < map.scalars[index].lowerBound)
        }
    }

    var cursor: Cursor { Cursor(self) }
}

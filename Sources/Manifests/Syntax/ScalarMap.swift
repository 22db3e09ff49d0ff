/// Where a file has scalars, in which `#` begins no comment.
struct ScalarMap {
    struct Place: Comparable {
        /// From 0, as libyaml counts.
        let line: Int
        let column: Int

        static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
    }

    /// In the order of the file.
    private var scalars: [Range<Place>] = []
    /// What is behind this place has not been read.
    private(set) var end = Place(line: 0, column: 0)

    mutating func add(_ event: YAMLEvent) {
        let start = Place(line: event.start.line, column: event.start.column)
        end = Place(line: event.end.line, column: event.end.column)
        switch event.content {
        case .streamEnd: end = Place(line: .max, column: .max)
        case .scalar(let scalar):
            // Behind `|` a comment may stand: the text begins on the next line.
            let first = scalar.isBlock ? Place(line: start.line + 1, column: 0) : start
            if first < end { scalars.append(first..<end) }
        default: break
        }
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

package import Manifests

extension TextEdit {
    /// The text with all edits made; whatever they do not speak of stays as it is, byte by byte. `nil` when an edit is not
    /// inside the text.
    ///
    /// - Parameters:
    ///   - edits: sorted by place, none overlapping another.
    ///   - path: see `SourceLines`.
    package static func apply(_ edits: [TextEdit], to bytes: [UInt8], path: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + edits.count * 8)
        var rest = edits[...]
        // Up to where the text has been looked at.
        var done = 0
        for (index, line) in SourceLines(bytes, path: path).enumerated() {
            // The place of a column, counted from the one before it.
            var (place, column) = (line.content.lowerBound, Int32(1))
            func move(to target: Int32) -> Bool {
                while column < target, place < line.content.upperBound {
                    place += 1
                    while place < line.content.upperBound, bytes[place] & 0xC0 == 0x80 { place += 1 }
                    column += 1
                }
                return column == target
            }
            while let edit = rest.first, Int(edit.span.line) == index + 1 {
                rest = rest.dropFirst()
                guard edit.span.column >= column, move(to: edit.span.column) else { return nil }
                result += bytes[done..<place]
                guard move(to: edit.span.column + edit.span.length) else { return nil }
                result += Array(edit.text.utf8)
                done = edit.takesLine ? line.next : place
            }
            if rest.isEmpty { break }
        }
        guard rest.isEmpty else { return nil }
        return result + bytes[done...]
    }
}

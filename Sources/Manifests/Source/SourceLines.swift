/// The lines of a file, cut where the readers of manifests count them: columns and lines of a `SourceSpan` are places in
/// these. A byte order mark belongs to no line.
package struct SourceLines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let isJSON: Bool
    private var offset: Int

    package struct Line: Sendable, Hashable {
        /// Bytes, without what ends the line.
        package let content: Range<Int>
        /// Of the next line.
        package let next: Int
    }

    /// - Parameter path: JSON with the suffix `.json`, else YAML, which has more ways to end a line.
    package init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        isJSON = path.hasSuffix(".json")
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    package mutating func next() -> Line? {
        guard offset < bytes.count else { return nil }
        let start = offset
        let (end, length) = bytes.withUnsafeBufferPointer { lineBreak(in: $0, from: start) }
        offset = end + length
        return Line(content: start..<end, next: offset)
    }

    /// YAML 1.1, as libyaml has it, ends lines with LF, CR, CR LF, NEL, LS and PS too.
    private func lineBreak(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (end: Int, length: Int) {
        func has(_ index: Int, _ byte: UInt8) -> Bool { index < bytes.count && bytes[index] == byte }
        for index in start..<bytes.count {
            switch bytes[index] {
            case 0x0A: return (index, 1)
            case 0x0D where !isJSON: return (index, has(index + 1, 0x0A) ? 2 : 1)
            case 0xC2 where !isJSON && has(index + 1, 0x85): return (index, 2)
            case 0xE2 where !isJSON && has(index + 1, 0x80) && (has(index + 2, 0xA8) || has(index + 2, 0xA9)):
                return (index, 3)
            default: break
            }
        }
        return (bytes.count, 0)
    }
}

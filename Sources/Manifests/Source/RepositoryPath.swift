/// Paths of files as git prints them: in quotes, with escapes, where a byte is none of printable ASCII.
enum RepositoryPath {
    /// Without the quotes. Escapes stay: no suffix and no folder that means something needs them.
    static func unquoted(_ path: String) -> Substring {
        let letters = path.utf8
        let quote = UInt8(ascii: "\"")
        guard letters.count > 1, letters.first == quote, letters.last == quote else { return path[...] }
        return path[letters.index(after: letters.startIndex)..<letters.index(before: letters.endIndex)]
    }
}

/// Reads the documents of a file one after the other, so that only one is in memory as a tree.
protocol DocumentReader {
    /// `nil` after the last. An error ends the file: what follows it cannot be told apart.
    mutating func nextDocument() throws(ManifestProblem) -> SyntaxNode?

    /// What was wrong so far without ending the file.
    var problems: [ManifestProblem] { get }
}

extension String {
    /// For messages: no control characters, and not longer than a line.
    var shortened: String {
        // What it nearly always is.
        if utf8.count <= 60, utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return self }
        let printable = unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? "?" : String($0) }
        return printable.joined() + (unicodeScalars.dropFirst(60).isEmpty ? "" : "…")
    }
}

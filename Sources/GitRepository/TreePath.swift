/// A path to write: relative, without quotes, dots or anything that git or a checkout would treat specially.
struct TreePath {
    let text: String
    let components: [String]

    init(_ text: String) throws(GitError) {
        let components = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let fine = components.allSatisfy { $0 != "" && $0 != "." && $0 != ".." && $0.lowercased() != ".git" }
        guard fine, !text.utf8.contains(where: QuotedPath.needsQuotes), text.utf8.count <= 4096 else {
            throw GitError(.invalid, "'\(QuotedPath.text(Array(text.utf8)))' is no path for a file in a repository")
        }
        self.text = text
        self.components = components
    }
}

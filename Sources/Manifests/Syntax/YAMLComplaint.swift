/// What libyaml says of text that it cannot read, in words for whoever wrote the text.
struct YAMLComplaint {
    /// From 0, as libyaml counts; columns in Unicode scalars.
    typealias Place = (line: Int, column: Int)

    private let problem: String
    private let found: Place
    /// What it was reading, and where that begins.
    private let context: String
    private let beginning: Place
    private let line: (Int) -> Substring

    /// - Parameter line: the text of a line, empty past the end.
    init(
        _ problem: String, at found: Place, context: String?, from beginning: Place, line: @escaping (Int) -> Substring
    ) {
        self.problem = problem
        self.found = found
        self.context = context ?? ""
        self.beginning = beginning
        self.line = line
    }

    /// Where to look, which is not always where libyaml gave up, and what is wrong there.
    var finding: (place: Place, message: String) {
        for number in Set([beginning.line, found.line]).sorted() where Self.isConflict(line(number)) {
            return ((number, 0), "a merge conflict is not resolved: keep one of the two sides")
        }
        if let opening { return (beginning, opening) }
        return (found, message ?? fallback)
    }

    /// What is wrong from where it begins, as brackets and quotes that are not closed where they should be.
    private var opening: String? {
        let until = isAtEnd ? "before the end of the file" : "before line \(found.line + 1)"
        switch (problem, context) {
        case ("found unexpected end of stream", "while scanning a quoted scalar"),
            ("found unexpected document indicator", "while scanning a quoted scalar"):
            return "this quote is not closed \(until)"
        case ("did not find expected ',' or '}'", _) where found.line > beginning.line:
            return "this `{` is not closed \(until), or a comma is missing there"
        case ("did not find expected ',' or ']'", _) where found.line > beginning.line:
            return "this `[` is not closed \(until), or a comma is missing there"
        case ("could not find expected ':'", "while scanning a simple key"):
            return "a key has a colon and a space behind it, and this line has none"
        case ("did not find expected alphabetic or numeric character", "while scanning an alias"):
            return "`*` begins an alias: put the value in quotes"
        case ("did not find expected alphabetic or numeric character", _):
            return "`&` begins an anchor: put the value in quotes"
        default:
            return nil
        }
    }

    private var message: String? {
        let start = "that begins on line \(beginning.line + 1)"
        switch problem {
        case "did not find expected ',' or '}'": return "a comma or `}` is missing before this"
        case "did not find expected ',' or ']'": return "a comma or `]` is missing before this"
        case "did not find expected node content": return "a value must be here"
        case "did not find expected key":
            return "this line must be indented like the other keys of the mapping \(start)"
        case "did not find expected '-' indicator":
            return "this line must be indented like the other elements of the list \(start), or further"
        case "mapping values are not allowed in this context":
            return "a colon cannot be here: put the value in quotes, or check the indentation"
        case "block sequence entries are not allowed in this context":
            return "an element of a list cannot be here: check the indentation"
        case "found character that cannot start any token": return character
        case "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            return "a tab cannot indent YAML: use spaces"
        case "found unknown escape character":
            return "no such escape: in double quotes write `\\\\` for a backslash, or use single quotes"
        case "did not find expected <document start>": return "a document must begin with `---` after a directive"
        default: return nil
        }
    }

    private var character: String? {
        guard let letter = line(found.line).unicodeScalars.dropFirst(found.column).first else { return nil }
        if letter == "\t" { return "a tab cannot indent YAML: use spaces" }
        return "no value begins with \(letter == "`" ? "a backtick" : "`\(letter)`"): put it in quotes"
    }

    /// What is rare enough is left in libyaml's words.
    private var fallback: String {
        guard context.hasPrefix("while") else { return problem }
        return "\(problem), \(context)"
            + (beginning.line == found.line ? "" : " that begins on line \(beginning.line + 1)")
    }

    /// Whether nothing but the end of the file follows.
    private var isAtEnd: Bool { line(found.line).allSatisfy(\.isWhitespace) && line(found.line + 1).isEmpty }

    private static func isConflict(_ line: Substring) -> Bool {
        line.hasPrefix("<<<<<<< ") || line.hasPrefix(">>>>>>> ") || line == "=======" || line == "=======\r"
    }
}

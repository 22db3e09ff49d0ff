/// What libyaml's parser says, one step at a time. Never copied, as there is one for every word of a file.
struct YAMLEvent: ~Copyable {
    let kind: Kind
    let start: Mark
    let end: Mark
    /// Of a scalar its text, of an alias the name of its anchor.
    var text = ""
    /// Of a scalar; `other` behind `|` or `>`.
    var style = SourceSpan.Form.plain
    var anchor: String?
    var tag: String?

    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias, scalar
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
    }

    var isPlain: Bool { style == .plain }

    /// A place in the file. Lines and columns are counted from 0, columns in Unicode scalars.
    struct Mark: Comparable {
        let line: Int32
        let column: Int32

        static func < (a: Mark, b: Mark) -> Bool { (a.line, a.column) < (b.line, b.column) }
    }
}

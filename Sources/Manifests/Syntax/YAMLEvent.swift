/// What libyaml's parser says, one step at a time. Marks count lines and columns from 0, columns in Unicode scalars.
struct YAMLEvent {
    let content: Content
    let start: Mark
    let end: Mark

    enum Content {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(Scalar)
        case sequenceStart(anchor: String?, tag: String?)
        case sequenceEnd
        case mappingStart(anchor: String?, tag: String?)
        case mappingEnd
    }

    struct Scalar {
        let text: String
        let isPlain: Bool
        /// Written behind `|` or `>`.
        let isBlock: Bool
        let anchor: String?
        let tag: String?
    }

    struct Mark {
        /// Unicode scalars from the beginning of the file.
        let index: Int
        let line: Int
        let column: Int
    }
}

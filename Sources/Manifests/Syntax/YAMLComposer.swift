/// Makes trees of the documents of a YAML file.
struct YAMLComposer: DocumentReader {
    private let events: YAMLEventReader
    private let source: SourceFile
    private let limits: ManifestLimits
    private var budget: NodeBudget
    private var anchors: [String: Anchor] = [:]
    private(set) var problems: [ManifestProblem] = []

    private struct Anchor {
        let node: SyntaxNode
        /// Nodes and levels, aliases written out.
        let count: Int
        let height: Int
    }

    /// - Parameter mapsScalars: see `scalars`.
    init(
        bytes: [UInt8], source: SourceFile, limits: ManifestLimits, mapsScalars: Bool = false
    ) throws(ManifestProblem) {
        events = try YAMLEventReader(bytes: bytes, source: source, limits: limits)
        events.scalars = mapsScalars ? ScalarMap() : nil
        self.source = source
        self.limits = limits
        budget = NodeBudget(limits: limits)
    }

    /// Of what has been read so far.
    var scalars: ScalarMap? { events.scalars }

    mutating func nextDocument() throws(ManifestProblem) -> SyntaxNode? {
        budget = NodeBudget(limits: limits)
        if !anchors.isEmpty { anchors = [:] }
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamStart, .documentStart, .documentEnd:
                continue
            case .streamEnd:
                return nil
            default:
                let (root, _) = try node(from: event, depth: 1)
                events.beginDocument()
                return root
            }
        }
    }

    private mutating func node(
        from event: borrowing YAMLEvent, depth: Int
    ) throws(ManifestProblem) -> (SyntaxNode, height: Int) {
        let span = span(of: event)
        let before = budget.nodes
        let result: (node: SyntaxNode, height: Int)
        switch event.kind {
        case .alias:
            guard let anchor = anchors[event.text] else {
                throw ManifestProblem(
                    .syntax, at: span, "the alias `*\(event.text.shortened)` has no anchor before it")
            }
            try budget.spend(anchor.count, at: span)
            try budget.check(depth: depth + anchor.height - 1, at: span)
            return (anchor.node, anchor.height)
        case .scalar:
            try budget.spend(at: span)
            try budget.check(scalarBytes: event.text.utf8.count, at: span)
            result = (try scalar(event, at: span), 1)
        case .sequenceStart:
            try budget.spend(at: span)
            try budget.check(depth: depth, at: span)
            try check(tag: event.tag, is: "seq", at: span)
            result = try sequence(at: span, depth: depth)
        case .mappingStart:
            try budget.spend(at: span)
            try budget.check(depth: depth, at: span)
            try check(tag: event.tag, is: "map", at: span)
            result = try mapping(at: span, depth: depth)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw ManifestProblem(.syntax, at: span, "a value is missing")
        }
        // Only now: what an alias stands for cannot contain the alias.
        if let anchor = event.anchor {
            anchors[anchor] = Anchor(node: result.node, count: budget.nodes - before, height: result.height)
        }
        return result
    }

    private mutating func sequence(at span: SourceSpan, depth: Int) throws(ManifestProblem) -> (SyntaxNode, Int) {
        var items: [SyntaxNode] = []
        var height = 0
        while true {
            let event = try events.next()
            if event.kind == .sequenceEnd { break }
            let (item, itemHeight) = try node(from: event, depth: depth + 1)
            items.append(item)
            height = max(height, itemHeight)
        }
        return (SyntaxNode(content: .sequence(items), span: span), height + 1)
    }

    private mutating func mapping(at span: SourceSpan, depth: Int) throws(ManifestProblem) -> (SyntaxNode, Int) {
        var builder = MappingBuilder()
        var height = 0
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { break }
            let (key, _) = try node(from: event, depth: depth + 1)
            let (value, valueHeight) = try node(from: try events.next(), depth: depth + 1)
            height = max(height, valueHeight)
            guard case .scalar(let text, _) = key.content else {
                report(ManifestProblem(.syntax, at: key.span, "a key must be a single word, not \(key.type.rawValue)"))
                continue
            }
            // An alias stands here, though its text is elsewhere.
            let keySpan = event.kind == .alias ? self.span(of: event) : key.span
            let entry = SyntaxNode.Entry(key: text, keySpan: keySpan, value: value)
            if let problem = builder.append(entry) { report(problem) }
        }
        return (SyntaxNode(content: .mapping(builder.entries), span: span), height + 1)
    }

    private mutating func report(_ problem: ManifestProblem) {
        if problems.count < limits.problemsPerFile { problems.append(problem) }
    }

    private func scalar(_ event: borrowing YAMLEvent, at span: SourceSpan) throws(ManifestProblem) -> SyntaxNode {
        var isPlain = event.isPlain
        switch event.tag {
        case nil: break
        case "!", Self.tagPrefix + "str": isPlain = false
        case let tag?: throw unsupported(tag, at: span)
        }
        return SyntaxNode(content: .scalar(event.text, isPlain: isPlain), span: span)
    }

    private func check(tag: String?, is expected: String, at span: SourceSpan) throws(ManifestProblem) {
        guard let tag, tag != "!", tag != Self.tagPrefix + expected else { return }
        throw unsupported(tag, at: span)
    }

    private func unsupported(_ tag: String, at span: SourceSpan) -> ManifestProblem {
        ManifestProblem(.syntax, at: span, "the tag `\(tag.shortened)` is not supported")
    }

    private func span(of event: borrowing YAMLEvent) -> SourceSpan {
        let length = event.end.line == event.start.line ? event.end.column - event.start.column : 1
        return SourceSpan(
            file: source, line: Int(event.start.line) + 1, column: Int(event.start.column) + 1,
            length: Int(max(1, length)), form: Self.form(of: event))
    }

    private static func form(of event: borrowing YAMLEvent) -> SourceSpan.Form {
        guard event.kind == .scalar, event.anchor == nil, event.tag == nil, event.start.line == event.end.line,
            event.start < event.end
        else { return .other }
        return event.style
    }

    private static let tagPrefix = "tag:yaml.org,2002:"
}

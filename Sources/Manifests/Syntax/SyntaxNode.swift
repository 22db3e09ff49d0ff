/// One value of a YAML or JSON document, untyped, with its place.
struct SyntaxNode: Sendable {
    let content: Content
    /// Of a mapping or list, its first character.
    let span: SourceSpan

    enum Content: Sendable {
        /// `isPlain`: written without quotes, so that it may be something other than a string.
        case scalar(String, isPlain: Bool)
        case sequence([SyntaxNode])
        /// In the order written; keys are unique.
        case mapping([Entry])
    }

    struct Entry: Sendable {
        let key: String
        let keySpan: SourceSpan
        let value: SyntaxNode
    }

    /// What the value is by the rules of `CoreSchema`.
    var type: ValueType {
        switch content {
        case .scalar(let text, let isPlain): isPlain ? CoreSchema.type(of: text) : .string
        case .sequence: .list
        case .mapping: .mapping
        }
    }

    /// A document without content.
    var isEmpty: Bool {
        if case .scalar("", isPlain: true) = content { true } else { false }
    }

    subscript(key: String) -> SyntaxNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}

/// The types that a value can have. The raw value is for messages.
enum ValueType: String, Sendable {
    case string = "a string"
    case null = "nothing"
    case boolean = "a boolean"
    case integer = "a number"
    case float = "a decimal number"
    case list = "a list"
    case mapping = "a mapping"
}

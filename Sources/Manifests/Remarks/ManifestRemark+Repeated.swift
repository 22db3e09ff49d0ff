extension ManifestRemark {
    /// Elements of a list that say what an earlier one says, as far as `key` tells.
    static func repeated<T, Key: Hashable>(
        _ elements: [Located<T>], by key: (Located<T>) -> Key
    ) -> [ManifestRemark] {
        guard elements.count > 1 else { return [] }
        var seen: Set<Key> = []
        return elements.indices.compactMap { index in
            guard !seen.insert(key(elements[index])).inserted else { return nil }
            return ManifestRemark(
                .repeatedElement, at: elements[index].span, "`\("\(elements[index])".shortened)` is here twice",
                fixes: Fix.remove(index, from: elements))
        }
    }

    /// The same of selectors, and of what they leave out.
    static func repeated(_ selectors: [Selector]) -> [ManifestRemark] {
        guard selectors.count > 1 else { return repeated(inside: selectors) }
        var seen: Set<Selector> = []
        let twice = selectors.filter { !seen.insert($0).inserted }
        return twice.map {
            ManifestRemark(.repeatedElement, at: $0.span, "`\($0.description.shortened)` is here twice")
        }
            + repeated(inside: selectors)
    }

    static func repeated(inside selectors: [Selector]) -> [ManifestRemark] {
        selectors.flatMap { $0.except.isEmpty ? [] : repeated($0.except) }
    }
}

extension Fix {
    /// Takes an element out of a list on one line: the comma goes with what is before it.
    static func remove<T>(_ index: Int, from elements: [Located<T>]) -> [Fix] {
        guard elements.count > 1 else { return [] }
        let span = elements[index].span
        let other = elements[index > 0 ? index - 1 : 1].span
        guard span.form != .other, other.form != .other, span.line == other.line else { return [] }
        let (start, end) =
            index > 0
            ? (other.column + other.length, span.column + span.length) : (span.column, other.column)
        let gone = SourceSpan(file: span.file, line: Int(span.line), column: Int(start), length: Int(end - start))
        return [.replace(gone, with: "", "remove `\("\(elements[index])".shortened)`", .safe)]
    }
}

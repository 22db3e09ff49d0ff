extension Resource {
    /// What is wrong with a resource by itself, though every value has the form that its field takes.
    package func validate() -> [ManifestProblem] {
        var problems = ProblemCollector()
        switch self {
        case .tenant(let tenant): tenant.validate(&problems)
        case .cvlan(let cvlan): cvlan.validate(&problems)
        case .node(let node): node.validate(&problems)
        case .policy(let policy): policy.validate(&problems)
        case .secret(let secret): secret.validate(&problems)
        }
        return problems.found
    }
}

/// What the validation of a resource has found.
struct ProblemCollector {
    private(set) var found: [ManifestProblem] = []

    mutating func report(
        _ kind: ManifestProblem.Kind, at span: SourceSpan, _ message: String, fixes: [Fix] = []
    ) {
        found.append(ManifestProblem(kind, at: span, message, fixes: fixes))
    }

    /// Keeps short what is compared with something else, element by element.
    ///
    /// - Returns: whether the list is within the limit.
    mutating func requireAtMost<T>(_ limit: Int, _ elements: [Located<T>], _ name: String) -> Bool {
        guard elements.count > limit else { return true }
        report(
            .limit, at: elements[limit].span, "`\(name)` has \(elements.count) elements, more than \(limit)")
        return false
    }

    /// Reports each element that has the key of an earlier one.
    mutating func requireUnique<T, Key: Hashable>(
        _ elements: [T], _ key: (T) -> Located<Key>, _ what: String
    ) {
        guard elements.count > 1 else { return }
        var seen: Set<Key> = []
        for element in elements {
            let key = key(element)
            if !seen.insert(key.value).inserted { report(.badValue, at: key.span, "\(what) `\(key)` is here twice") }
        }
    }
}

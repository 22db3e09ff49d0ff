internal import Manifests

/// Compares what two manifests say, field by field.
enum FieldComparison {
    /// Nothing but defaults on the other side: what a new manifest says.
    static func all(of fields: [ManifestField]) -> [FieldChange] {
        fields.filter { !$0.isDefault }.flatMap { changes(from: nil, to: $0, in: "") }
    }

    static func changes(from old: [ManifestField], to new: [ManifestField], in prefix: String = "") -> [FieldChange] {
        var before = Dictionary(old.map { ($0.path, $0) }) { first, _ in first }
        var result = new.flatMap { changes(from: before.removeValue(forKey: $0.path), to: $0, in: prefix) }
        for field in old where before[field.path] != nil { result += changes(from: field, to: nil, in: prefix) }
        return result
    }

    private static func changes(
        from old: ManifestField?, to new: ManifestField?, in prefix: String
    ) -> [FieldChange] {
        guard let path = (new ?? old).map({ prefix + $0.path }) else { return [] }
        if let elements = old?.elements ?? new?.elements {
            let pair = (old?.elements ?? [], new?.elements ?? [])
            return elements.isEmpty && pair.1.isEmpty ? [] : self.elements(path, from: pair.0, to: pair.1, old, new)
        }
        let (before, after) = (old?.content, new?.content)
        guard before != after else { return [] }
        return [FieldChange(path: path, old: before, new: after, oldSpan: old?.span, newSpan: new?.span)]
    }

    private static func elements(
        _ path: String, from old: [ManifestField.Element], to new: [ManifestField.Element], _ oldField: ManifestField?,
        _ newField: ManifestField?
    ) -> [FieldChange] {
        let pairs = ElementPairing(from: old, to: new)
        var result: [FieldChange] = []
        for (position, element) in new.enumerated() {
            let name = "\(path)[\(element.key ?? String(position + 1))]"
            guard let before = pairs.partners[position].map({ old[$0] }) else {
                result.append(
                    FieldChange(
                        path: name, old: nil, new: .text(element.summary), oldSpan: nil, newSpan: element.span))
                continue
            }
            if !element.fields.isEmpty {
                result += changes(from: before.fields, to: element.fields, in: name + ".")
            } else if before.summary != element.summary {
                result.append(
                    FieldChange(
                        path: name, old: .text(before.summary), new: .text(element.summary), oldSpan: before.span,
                        newSpan: element.span))
            }
        }
        for position in pairs.alone {
            let element = old[position]
            result.append(
                FieldChange(
                    path: "\(path)[\(element.key ?? String(position + 1))]", old: .text(element.summary), new: nil,
                    oldSpan: element.span, newSpan: nil))
        }
        if result.isEmpty, pairs.isReordered {
            func names(_ elements: [ManifestField.Element]) -> FieldValue {
                .list(elements.map { $0.key ?? $0.summary })
            }
            result.append(
                FieldChange(
                    path: path, old: names(old), new: names(new), oldSpan: oldField?.span, newSpan: newField?.span))
        }
        return result
    }
}

extension ManifestField {
    fileprivate var elements: [Element]? {
        if case .elements(let elements) = value { elements } else { nil }
    }

    /// `nil`: it is as if it were left out.
    fileprivate var content: FieldValue? {
        switch value {
        case .text(let text): text.map(FieldValue.text)
        case .list(let items): items.isEmpty ? nil : .list(items)
        case .elements: nil
        }
    }
}

/// Which elements of two lists are the same thing: those with one name; of those without, the ones that say the same,
/// and then the rest one after the other.
private struct ElementPairing {
    /// By position in the new list the position in the old one.
    private(set) var partners: [Int?]
    /// Positions in the old list of what is in no pair.
    private(set) var alone: [Int] = []

    init(from old: [ManifestField.Element], to new: [ManifestField.Element]) {
        partners = Array(repeating: nil, count: new.count)
        var free = Set(old.indices)
        func match(_ key: (ManifestField.Element) -> String?) {
            var byKey: [String: [Int]] = [:]
            for index in old.indices.reversed() where free.contains(index) {
                if let key = key(old[index]) { byKey[key, default: []].append(index) }
            }
            for index in new.indices where partners[index] == nil {
                guard let key = key(new[index]), let partner = byKey[key]?.popLast() else { continue }
                partners[index] = partner
                free.remove(partner)
            }
        }
        match { $0.key.map { $0 } }
        match { $0.key == nil ? $0.summary : nil }
        match { $0.key == nil ? "" : nil }
        alone = free.sorted()
    }

    /// Whether what is on both sides stands in another order.
    var isReordered: Bool {
        let order = partners.compactMap { $0 }
        return zip(order, order.dropFirst()).contains { $0 > $1 }
    }
}

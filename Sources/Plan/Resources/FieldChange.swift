package import Manifests

/// The value of a field, as text.
package enum FieldValue: Hashable, Sendable {
    case text(String)
    /// Its order counts.
    case list([String])
}

/// A field of a manifest that differs.
package struct FieldChange: Hashable, Sendable {
    /// As in the manifest, from its root: `spec.routes[10.1.0.0/24].priority`. Things with a name go by it, others by
    /// their position, from 1.
    package let path: String
    /// `nil`: it was not there.
    package let old: FieldValue?
    /// `nil`: it is not there any more.
    package let new: FieldValue?
    /// Where it stood in the base, and where it stands in the head; the mapping that could hold it where it is left out.
    package let oldSpan: SourceSpan?
    package let newSpan: SourceSpan?

    /// The same without secrets: a plan is shown where more people read than in the repository.
    var withoutSecrets: FieldChange {
        // All else has a form that no secret has.
        guard path.hasPrefix("metadata.") || path == "spec.displayName" else { return self }
        let name = path.split { "[]".contains($0) }.last.map(String.init) ?? ""
        return FieldChange(
            path: path, old: old?.masked(named: name), new: new?.masked(named: name), oldSpan: oldSpan, newSpan: newSpan
        )
    }

    /// Whether something stays what it is and only its place in a list differs.
    package var isOrderOnly: Bool {
        guard case .list(let old) = old, case .list(let new) = new else { return false }
        return old.sorted() == new.sorted()
    }
}

extension FieldValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): text
        case .list(let items): "[" + items.joined(separator: ", ") + "]"
        }
    }
}

extension FieldValue {
    fileprivate func masked(named name: String) -> FieldValue {
        switch self {
        case .text(let text): .text(HiddenText.masked(text, named: name))
        case .list(let items): .list(items.map { HiddenText.masked($0, named: name) })
        }
    }
}

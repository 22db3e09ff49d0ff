/// One named value of a record.
package struct Field: Hashable, Sendable {
    package let name: String
    package let value: FieldValue

    package init(_ name: String, _ value: FieldValue) {
        self.name = name
        self.value = value
    }

    /// A value that is shown as its own description says.
    package init(_ name: String, _ value: some CustomStringConvertible) {
        self.init(name, .text(value.description))
    }

    /// A list; its order counts.
    package init(_ name: String, list: some Sequence<some CustomStringConvertible>) {
        self.init(name, .list(list.map(\.description)))
    }
}

package enum FieldValue: Hashable, Sendable {
    case text(String)
    case list([String])
    /// Compared, never shown.
    case secret([UInt8])
}

extension FieldValue: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): text
        case .list(let items): "[" + items.joined(separator: ", ") + "]"
        case .secret: "(secret)"
        }
    }

    package var debugDescription: String { description }
}

/// A field that differs. `nil` where one side does not have it.
package struct FieldChange: Hashable, Sendable {
    package let name: String
    package let old: FieldValue?
    package let new: FieldValue?

    /// What must change so that `old` becomes `new`: fields that only `old` has are left alone.
    static func between(_ old: [Field], _ new: [Field]) -> [FieldChange] {
        new.compactMap { field in
            let before = old.first { $0.name == field.name }?.value
            return before == field.value ? nil : FieldChange(name: field.name, old: before, new: field.value)
        }
    }
}

extension FieldChange: CustomStringConvertible {
    /// `mtu: 1400 → 1420`; of lists only what comes and goes: `routes: +10.1.0.0/24 -10.2.0.0/24`.
    package var description: String {
        if case .list(let old) = old, case .list(let new) = new, let edits = Self.edits(old, new) {
            return "\(name): \(edits)"
        }
        switch (old, new) {
        case (.secret, .secret): return "\(name): (secret) changed"
        default: return "\(name): \(old?.description ?? "(none)") → \(new?.description ?? "(none)")"
        }
    }

    /// `nil` when the lists differ in order or repetition alone.
    private static func edits(_ old: [String], _ new: [String]) -> String? {
        let before = Set(old)
        let after = Set(new)
        let parts =
            new.filter { !before.contains($0) }.map { "+" + $0 } + old.filter { !after.contains($0) }.map { "-" + $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}

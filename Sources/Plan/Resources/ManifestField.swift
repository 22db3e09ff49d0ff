internal import Manifests

/// A field of a manifest as it is compared.
struct ManifestField {
    enum Value {
        /// `nil`: left out, and nothing stands for it.
        case text(String?)
        case list([String])
        /// Things with fields of their own.
        case elements([Element])
    }

    struct Element {
        /// What it is known by; `nil` where it has no name: then it is known by all that it says.
        let key: String?
        /// All that it says, in a line.
        let summary: String
        let span: SourceSpan
        let fields: [ManifestField]

        init(_ key: String?, _ summary: String, at span: SourceSpan, _ fields: [ManifestField] = []) {
            self.key = key
            self.summary = summary
            self.span = span
            self.fields = fields
        }
    }

    let path: String
    let span: SourceSpan
    let value: Value
    /// Whether it says what a manifest without the field says: not told of a new one.
    let isDefault: Bool

    init(_ path: String, _ value: Value, at span: SourceSpan, isDefault: Bool = false) {
        self.path = path
        self.value = value
        self.span = span
        self.isDefault = isDefault
    }

    static func text(_ path: String, _ value: Located<some CustomStringConvertible>, isDefault: Bool) -> ManifestField {
        ManifestField(path, .text("\(value)"), at: value.span, isDefault: isDefault)
    }

    static func optional<T>(_ path: String, _ value: Located<T?>) -> ManifestField {
        ManifestField(path, .text(value.value.map { "\($0)" }), at: value.span)
    }

    static func choice<T: RawRepresentable & Equatable>(
        _ path: String, _ value: Located<T>, default standard: T
    ) -> ManifestField where T.RawValue == String {
        ManifestField(path, .text(value.value.rawValue), at: value.span, isDefault: value.value == standard)
    }

    static func choice<T: RawRepresentable>(_ path: String, _ value: Located<T?>) -> ManifestField
    where T.RawValue == String {
        ManifestField(path, .text(value.value?.rawValue), at: value.span)
    }

    /// - Parameter other: where an empty list could be written.
    static func list<T>(_ path: String, _ values: [Located<T>], or other: SourceSpan) -> ManifestField {
        ManifestField(path, .list(values.map { "\($0)" }), at: values.first?.span ?? other)
    }

    static func selectors(_ path: String, _ selectors: [Selector], or other: SourceSpan) -> ManifestField {
        ManifestField(path, .list(selectors.map(\.description)), at: selectors.first?.span ?? other)
    }

    static func pairs(_ path: String, _ pairs: [String: String], at span: SourceSpan) -> ManifestField {
        let elements = pairs.sorted { $0.key < $1.key }.map { Element($0.key, $0.value, at: span) }
        return ManifestField(path, .elements(elements), at: span)
    }
}

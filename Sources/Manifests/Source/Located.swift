/// A value together with where it is written.
///
/// As a property wrapper: `node.role` is the role, `node.$role.span` the place. The span of a field that is left out is
/// the beginning of the mapping that could hold it, and not `isWritten`. In a list: `[Located<IPAddress>]`, with `value` and `span`.
///
/// Equality and hashing are the value's alone: moving a line changes nothing.
@propertyWrapper
package struct Located<Value> {
    package var value: Value
    package var span: SourceSpan

    package init(_ value: Value, at span: SourceSpan = .none) {
        self.value = value
        self.span = span
    }

    package init(wrappedValue: Value) {
        self.init(wrappedValue)
    }

    package var wrappedValue: Value {
        get { value }
        set { value = newValue }
    }

    package var projectedValue: Located<Value> {
        get { self }
        set { self = newValue }
    }

    /// The same place with another value.
    package func map<T>(_ transform: (Value) throws -> T) rethrows -> Located<T> {
        Located<T>(try transform(value), at: span)
    }
}

extension Located: Sendable where Value: Sendable {}

extension Located: Equatable where Value: Equatable {
    package static func == (a: Located, b: Located) -> Bool { a.value == b.value }
}

extension Located: Hashable where Value: Hashable {
    package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension Located: CustomStringConvertible {
    package var description: String { "\(value)" }
}

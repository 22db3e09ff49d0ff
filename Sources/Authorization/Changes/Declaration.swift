package import Manifests

/// A place where a manifest says something of a resource, or a file that says nothing anybody could read.
package struct Declaration: Sendable {
    /// `nil`: it is there, and nobody knows what it says.
    package let resource: Resource?
    package let span: SourceSpan

    package init(_ resource: Resource) {
        self.resource = resource
        span = resource.span
    }

    package init(unreadableAt span: SourceSpan) {
        resource = nil
        self.span = span
    }
}

/// By what they say: moving one changes nothing. What cannot be read is as good as the same.
extension Declaration: Hashable {
    package static func == (a: Declaration, b: Declaration) -> Bool { a.resource == b.resource }

    package func hash(into hasher: inout Hasher) { hasher.combine(resource) }
}

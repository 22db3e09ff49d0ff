/// Rules about who may open which flow, and tests of them.
package struct Policy: Hashable, Sendable {
    package var metadata: Metadata
    /// `nil`: every network of the tenant.
    @Located package var cvlan: String? = nil
    package var rules: [Rule] = []
    package var tests: [Test] = []

    package init(metadata: Metadata) {
        self.metadata = metadata
    }

    package var name: String { metadata.name }

    /// A matching deny wins over every allow, wherever it is written.
    package struct Rule: Hashable, Sendable {
        /// For people and for counters; rules need not be named.
        @Located package var name: String? = nil
        @Located package var action: PolicyAction
        /// Who opens the flow; a union.
        package var from: [Selector]
        package var to: [Selector]
        /// Empty: everything, other IP protocols too.
        package var ports: [Located<PortMatch>] = []

        package init(action: Located<PolicyAction>, from: [Selector], to: [Selector]) {
            _action = action
            self.from = from
            self.to = to
        }
    }

    /// Reachability that must, or must not, hold: from every node that `from` selects to every one that `to` selects.
    package struct Test: Hashable, Sendable {
        package var from: Selector
        package var to: Selector
        /// One port or `icmp`; `nil`: something that only rules without ports decide.
        @Located package var port: PortMatch? = nil
        @Located package var expect: PolicyAction
        package var span: SourceSpan

        package init(from: Selector, to: Selector, expect: Located<PolicyAction>, at span: SourceSpan = .none) {
            self.from = from
            self.to = to
            _expect = expect
            self.span = span
        }

        package static func == (a: Test, b: Test) -> Bool {
            a.from == b.from && a.to == b.to && a.port == b.port && a.expect == b.expect
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(from)
            hasher.combine(to)
            hasher.combine(port)
            hasher.combine(expect)
        }
    }
}

package import Addressing

/// What this machine stands for in a forwarding domain: its own addresses there and what it routes to. Packets from peers go
/// to nothing else of the kernel's, and packets of the kernel's come from nothing else.
package struct LocalScope: Sendable {
    /// As they were given.
    package let prefixes: [IPPrefix]
    private var table = PrefixTable()

    /// - Parameter prefixes: none: everything is in scope, as on a plain WireGuard interface.
    package init(_ prefixes: [IPPrefix] = []) {
        self.prefixes = prefixes
        for prefix in prefixes { table.insert(prefix, owner: 0) }
    }

    @inline(__always)
    package func covers(_ address: IPAddress?) -> Bool {
        prefixes.isEmpty || address.map { table.lookup($0) != nil } ?? false
    }
}

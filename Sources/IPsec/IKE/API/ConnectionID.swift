/// A connection's name, unique in the process: connections of several interfaces meet in one IKE host.
package struct ConnectionID: Hashable, Sendable {
    /// Of the tunnel interface that the connection's packets belong to.
    package let interface: UInt32
    /// Unique within the interface.
    package let name: String

    package init(interface: UInt32, name: String) {
        self.interface = interface
        self.name = name
    }
}

extension ConnectionID: CustomStringConvertible {
    package var description: String { "\(name)@\(interface)" }
}

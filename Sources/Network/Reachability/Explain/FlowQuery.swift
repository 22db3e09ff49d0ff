package import Addressing
internal import Manifests

/// A question about one flow, or about all services between two ends: `laptop-1 db-1:5432/tcp`.
package struct FlowQuery: Hashable, Sendable {
    package enum End: Hashable, Sendable, CustomStringConvertible {
        case node(String)
        case address(IPAddress)

        /// What is no address is a node's name.
        package init(_ text: some StringProtocol) {
            self = IPAddress(text).map(End.address) ?? .node(String(text))
        }

        package var description: String {
            switch self {
            case .node(let name): name
            case .address(let address): "\(address)"
            }
        }
    }

    package let source: End
    package let destination: End
    /// `nil`: all of them.
    package let service: Flow.Service?

    package init(from source: End, to destination: End, _ service: Flow.Service? = nil) {
        self.source = source
        self.destination = destination
        self.service = service
    }

    /// As on the command line: `SRC DST[:PORT/PROTO]`, `DST:icmp`, `[fd00::7]:443/tcp`; PROTO/PORT does as well, as in
    /// manifests.
    ///
    /// - Returns: `nil` when what follows the destination is no service.
    package init?(from source: String, to destination: String) {
        guard !source.isEmpty, !destination.isEmpty else { return nil }
        var end = destination[...]
        var service: Flow.Service?
        if IPAddress(end) == nil, let colon = end.lastIndex(of: ":"), !end.hasSuffix("]") {
            guard let parsed = Self.service(end[end.index(after: colon)...]) else { return nil }
            service = parsed
            end = end[..<colon]
        }
        if end.hasPrefix("["), end.hasSuffix("]") {
            end = end.dropFirst().dropLast()
            guard IPAddress(end) != nil else { return nil }
        }
        guard !end.isEmpty else { return nil }
        self.init(from: End(source), to: End(end), service)
    }

    private static func service(_ text: Substring) -> Flow.Service? {
        if text == "icmp" { return .icmp }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (name, port) = parts[0].first?.isNumber == true ? (parts[1], parts[0]) : (parts[0], parts[1])
        guard port.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(port) else { return nil }
        return switch name {
        case "tcp": .tcp(number)
        case "udp": .udp(number)
        default: nil
        }
    }

    var asked: ServiceSet { service.map { ServiceSet($0) } ?? .everything }
}

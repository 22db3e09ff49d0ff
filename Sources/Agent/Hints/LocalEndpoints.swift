internal import Addressing
internal import Foundation
internal import NIOCore
package import WireFormat

/// Where this node can be reached, as it can tell itself: its own addresses, outside its own tunnels.
package enum LocalEndpoints {
    /// What a report may carry for one network.
    static let maximum = 8

    /// - Parameter state: interfaces with their listen ports.
    /// - Returns: by interface name of the data path, endpoints in a steady order.
    package static func all(_ state: WireDataPathState) -> [String: [String]] {
        let tunnels = Set(state.interfaces.map(\.spec.name))
        let overlay = state.interfaces.flatMap { $0.addresses.compactMap { $0.prefix?.network } }
        let devices = (try? System.enumerateDevices()) ?? []
        let addresses = devices.filter { !tunnels.contains($0.name) }
            .compactMap { $0.address?.ipAddress.flatMap { IPAddress($0) } }
            .filter { address in
                Endpoint(address, port: 1).isUsable && !address.isLinkLocal
                    && !overlay.contains { $0.contains(address) }
            }
        let sorted = Set(addresses).sorted().prefix(maximum)
        return Dictionary(
            state.interfaces.map { interface in
                let port = UInt16(truncatingIfNeeded: interface.spec.listenPort)
                return (interface.spec.name, port == 0 ? [] : sorted.map { Endpoint($0, port: port).description })
            }, uniquingKeysWith: { first, _ in first })
    }
}

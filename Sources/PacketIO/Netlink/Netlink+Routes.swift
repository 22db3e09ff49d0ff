package import Addressing
internal import CLinux
internal import Glibc

extension Netlink {
    /// Unicast routes of the main table that leave by the interface, whoever made them.
    package func routes(of interface: UInt32) throws(IOError) -> [Route] {
        var routes: [Route] = []
        for family in [IPFamily.v4, .v6] {
            var request = NetlinkRequest.route(
                NetlinkType.getRoute, .dump, family: family, table: UInt8(Route.mainTable))
            request.attribute(NetlinkAttributeType.routeOutput, interface)
            do throws(IOError) {
                routes += try socket.ask(request, "list routes of interface \(interface)").compactMap(\.route)
            } catch {
                // No such interface, or a machine without IPv6.
                guard error.isNotFound || error.code == EOPNOTSUPP || error.code == EAFNOSUPPORT else { throw error }
            }
        }
        return routes.filter { $0.interface == interface && $0.table == Route.mainTable }
    }

    /// Adds a route that is ours (`Route.ourOrigin`), straight through the interface.
    /// - Parameter metric: 0 leaves it to the kernel: 0 for IPv4, 1024 for IPv6.
    package func addRoute(
        _ destination: IPPrefix, through interface: UInt32, metric: UInt32 = 0
    ) throws(IOError) {
        let scope = destination.family == .v4 ? UInt8(RT_SCOPE_LINK.rawValue) : UInt8(RT_SCOPE_UNIVERSE.rawValue)
        var request = NetlinkRequest.route(
            NetlinkType.newRoute, [.acknowledge, .create, .exclusive], family: destination.family,
            prefixLength: destination.length, table: UInt8(Route.mainTable), origin: Route.ourOrigin, scope: scope,
            kind: UInt8(RTN_UNICAST))
        request.attribute(NetlinkAttributeType.routeDestination, destination.firstAddress.bytes)
        request.attribute(NetlinkAttributeType.routeOutput, interface)
        if metric != 0 { request.attribute(NetlinkAttributeType.routePriority, metric) }
        _ = try socket.ask(request, "add route \(destination) through interface \(interface)")
    }

    /// Deletes a route that `addRoute` made; others to the same destination stay.
    package func deleteRoute(_ destination: IPPrefix, through interface: UInt32) throws(IOError) {
        var request = NetlinkRequest.route(
            NetlinkType.deleteRoute, .acknowledge, family: destination.family, prefixLength: destination.length,
            table: UInt8(Route.mainTable), origin: Route.ourOrigin, scope: UInt8(RT_SCOPE_NOWHERE.rawValue),
            kind: UInt8(RTN_UNICAST))
        request.attribute(NetlinkAttributeType.routeDestination, destination.firstAddress.bytes)
        request.attribute(NetlinkAttributeType.routeOutput, interface)
        _ = try socket.ask(request, "delete route \(destination) through interface \(interface)")
    }
}

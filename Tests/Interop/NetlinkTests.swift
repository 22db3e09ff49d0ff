import Addressing
import PacketIO
import Testing

@Suite struct NetlinkTests {
    private static func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

    @Test func addressesAndRoutesComeAndGo() throws {
        try inNewNetworkNamespace {
            let netlink = try Netlink()
            let device = try TUNDevice(name: "t0")
            let index = try netlink.link(named: "t0").index
            try netlink.setUp(true, interface: index)
            #expect(try netlink.link(index: index).isUp)
            let addresses = try ["10.1.0.7/24", "fd01::7/64"].map(Self.prefix)
            for address in addresses {
                try netlink.addAddress(address, to: index)
                let again = #expect(throws: IOError.self) { try netlink.addAddress(address, to: index) }
                #expect(again?.alreadyExists == true)
            }
            #expect(try netlink.addresses(of: index).filter { !$0.isLinkLocal }.map(\.prefix) == addresses)
            let routes = try ["10.2.0.0/16", "0.0.0.0/0", "fd02::/32", "::/0"].map(Self.prefix)
            for route in routes {
                try netlink.addRoute(route, through: index)
                let again = #expect(throws: IOError.self) { try netlink.addRoute(route, through: index) }
                #expect(again?.alreadyExists == true)
            }
            let ours = try netlink.routes(of: index).filter { $0.origin == Route.ourOrigin }
            #expect(Set(ours.map(\.destination)) == Set(routes))
            for route in routes {
                try netlink.deleteRoute(route, through: index)
                let again = #expect(throws: IOError.self) { try netlink.deleteRoute(route, through: index) }
                #expect(again?.isNotFound == true)
            }
            // The kernel's own, which belong to the addresses, are not ours to delete.
            let kernels = #expect(throws: IOError.self) {
                try netlink.deleteRoute(Self.prefix("10.1.0.0/24"), through: index)
            }
            #expect(kernels?.isNotFound == true)
            for address in addresses {
                try netlink.deleteAddress(address, from: index)
                let again = #expect(throws: IOError.self) { try netlink.deleteAddress(address, from: index) }
                #expect(again?.isNotFound == true)
            }
            #expect(try netlink.addresses(of: index).filter { !$0.isLinkLocal } == [])
            withExtendedLifetime(device) {}
        }
    }

    @Test func manyRoutesAreListedWhole() throws {
        try inNewNetworkNamespace {
            let netlink = try Netlink()
            let device = try TUNDevice(name: "t0")
            let index = try netlink.link(named: "t0").index
            try netlink.setUp(true, interface: index)
            let routes = (0..<3000).compactMap { IPPrefix(IPAddress(v4: 0x0A00_0000 + $0 << 8), length: 24) }
            for route in routes { try netlink.addRoute(route, through: index) }
            let found = try netlink.routes(of: index).filter { $0.origin == Route.ourOrigin }
            #expect(found.map(\.destination).sorted() == routes)
            withExtendedLifetime(device) {}
        }
    }

    @Test func changesAreHeard() throws {
        try inNewNetworkNamespace {
            let netlink = try Netlink()
            let monitor = try NetlinkMonitor()
            var device: TUNDevice? = try TUNDevice(name: "t0")
            let index = try netlink.link(named: "t0").index
            try netlink.setUp(true, interface: index)
            try netlink.setMTU(9000, interface: index)
            let address = try Self.prefix("10.1.0.7/24")
            try netlink.addAddress(address, to: index)
            try netlink.deleteAddress(address, from: index)
            var events = try monitor.read()
            #expect(events.contains(.link(Link(index: index, name: "t0", mtu: 9000, isUp: true))))
            let record = InterfaceAddress(interface: index, prefix: address, isLinkLocal: false)
            let added = try #require(events.firstIndex(of: .addressAdded(record)))
            let gone = try #require(events.firstIndex(of: .addressGone(record)))
            #expect(added < gone)
            #expect(device != nil)
            device = nil
            // A child that another test starts just now holds the device until it is a program of its own.
            let poller = try Poller()
            try poller.add(monitor.descriptor, token: 1)
            let deadline = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 5_000_000_000)
            var isGone = false
            while !isGone, MonotonicTime.now < deadline {
                var readable: [Poller.Event] = []
                try poller.wait(until: deadline, events: &readable)
                events = try monitor.read()
                isGone = events.contains { if case .linkGone(let link) = $0 { link.index == index } else { false } }
            }
            #expect(isGone)
        }
    }

    @Test func refusalsSayWhy() throws {
        try inNewNetworkNamespace {
            let netlink = try Netlink()
            let device = try TUNDevice(name: "t0")
            let index = try netlink.link(named: "t0").index
            let tooLarge = #expect(throws: IOError.self) { try netlink.setMTU(70_000, interface: index) }
            // The kernel's own words come along.
            #expect(tooLarge?.detail.contains("mtu") == true, "\(String(describing: tooLarge))")
            withExtendedLifetime(device) {}
        }
    }
}

import Addressing
import Manifests
import OverlayNetwork
import Testing

@Suite struct AddressAllocationTests {
    private func office(_ cidrs: String, reserved: String...) throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", cidrs) {
            $0.reserved = try reserved.map { Located(try #require(AddressRange($0))) }
        }
        return manifests
    }

    @Test func theLowestFreeAddressComesFirst() throws {
        var manifests = try office("10.0.0.0/24", reserved: "10.0.0.2-10.0.0.4", "10.0.0.4/31")
        for name in ["b", "a", "c"] { try manifests.addNode(name, in: ["office"]) }
        let compiled = try manifests.compile()
        #expect(
            ["a", "b", "c"].map { compiled.addresses($0, in: "office") } == [["10.0.0.1"], ["10.0.0.6"], ["10.0.0.7"]])
    }

    @Test func eachFamilyIsAllocatedAndTheAnycastAddressIsNot() throws {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24", "fd00::/64")
        try manifests.addNode("a", in: ["office"])
        try manifests.addNode("b", in: ["office"], fixed: ["10.0.0.9"])
        let compiled = try manifests.compile()
        #expect(compiled.addresses("a", in: "office") == ["10.0.0.1", "fd00::1"])
        #expect(compiled.addresses("b", in: "office") == ["10.0.0.9", "fd00::2"])
    }

    @Test func aFixedAddressWinsOverAllocation() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"])
        try manifests.addNode("z", in: ["office"], fixed: ["10.0.0.1"])
        #expect(try manifests.compile().addresses("a", in: "office") == ["10.0.0.2"])
    }

    @Test func anAddressStaysWhenOthersComeAndGo() throws {
        var manifests = try office("10.0.0.0/24")
        for name in ["a", "b", "c"] { try manifests.addNode(name, in: ["office"]) }
        let first = try manifests.compile()
        manifests.nodes["a"] = nil
        try manifests.addNode("aa", in: ["office"])
        let second = try manifests.compile(after: first.state)
        #expect(second.addresses("c", in: "office") == ["10.0.0.3"])
        #expect(second.addresses("aa", in: "office") == ["10.0.0.1"])
    }

    @Test func anAddressStaysWhenItIsReservedLater() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"])
        let first = try manifests.compile()
        try manifests.addNetwork("office", "10.0.0.0/24") {
            $0.reserved = [Located(try #require(AddressRange("10.0.0.1")))]
        }
        #expect(try manifests.compile(after: first.state).addresses("a", in: "office") == ["10.0.0.1"])
        #expect(try manifests.compile().addresses("a", in: "office") == ["10.0.0.2"])
    }

    @Test func aReservedAddressMayBeFixed() throws {
        var manifests = try office("10.0.0.0/24", reserved: "10.0.0.1")
        try manifests.addNode("a", in: ["office"], fixed: ["10.0.0.1"])
        #expect(try manifests.compile().addresses("a", in: "office") == ["10.0.0.1"])
    }

    @Test func theAddressStaysWhenItIsNoLongerFixed() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"], fixed: ["10.0.0.77"])
        let first = try manifests.compile()
        try manifests.addNode("a", in: ["office"])
        #expect(try manifests.compile(after: first.state).addresses("a", in: "office") == ["10.0.0.77"])
    }

    @Test func aMovedNetworkGivesNewAddresses() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"])
        let first = try manifests.compile()
        try manifests.addNetwork("office", "10.0.1.0/24")
        #expect(try manifests.compile(after: first.state).addresses("a", in: "office") == ["10.0.1.1"])
    }

    @Test func takingAnAllocatedAddressIsAnErrorAtTheTaker() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"])
        let first = try manifests.compile()
        try manifests.addNode("thief", in: ["office"], fixed: ["10.0.0.1"], at: line(7))
        #expect(try manifests.errors(after: first.state) == ["7 address-taken"])
        // Without a previous owner the same manifests are fine.
        #expect(try manifests.errors() == [])
    }

    @Test func twoNodesMaySwapAddressesThatAreFixed() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"])
        try manifests.addNode("b", in: ["office"])
        let first = try manifests.compile()
        try manifests.addNode("a", in: ["office"], fixed: ["10.0.0.2"])
        try manifests.addNode("b", in: ["office"], fixed: ["10.0.0.1"])
        #expect(try manifests.compile(after: first.state).addresses("a", in: "office") == ["10.0.0.2"])
    }

    @Test func aDeletedNodesAddressIsFreeAtOnce() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"])
        let first = try manifests.compile()
        manifests.nodes["a"] = nil
        try manifests.addNode("heir", in: ["office"], fixed: ["10.0.0.1"])
        #expect(try manifests.errors(after: first.state) == [])
    }

    @Test func anExpiredNodesAddressIsFree() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"]) { $0.expires = noon }
        try manifests.addNode("b", in: ["office"])
        #expect(try manifests.compile(at: noon).addresses("b", in: "office") == ["10.0.0.1"])
        #expect(try manifests.compile(at: noon.adding(seconds: -1)).addresses("b", in: "office") == ["10.0.0.2"])
    }

    @Test(arguments: [
        ("10.0.0.0", "address-unusable"), ("10.0.0.255", "address-unusable"), ("10.0.1.1", "address-outside-network"),
        ("fd00::", "address-unusable"), ("10.0.0.8", "address-duplicate"),
    ])
    func fixedAddressesThatNoNodeMayHave(fixed: String, code: String) throws {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24", "fd00::/64")
        try manifests.addNode("first", in: ["office"], fixed: ["10.0.0.8"], at: line(1))
        try manifests.addNode("second", in: ["office"], fixed: [fixed], at: line(2))
        #expect(try manifests.errors() == ["2 \(code)"])
    }

    @Test(arguments: [("10.0.0.0/31", 2), ("10.0.0.0/32", 1), ("10.0.0.0/30", 2), ("fd00::/127", 2), ("fd00::/126", 3)])
    func smallNetworksHoldWhatTheyCan(cidr: String, hosts: Int) throws {
        var manifests = try office(cidr)
        for number in 0..<hosts { try manifests.addNode("n\(number)", in: ["office"]) }
        #expect(try manifests.errors() == [])
        try manifests.addNode("one-too-many", in: ["office"], at: line(3))
        #expect(try manifests.errors() == ["3 network-full"])
    }

    @Test func aFullNetworkIsNamed() throws {
        var manifests = try office("10.0.0.0/30", reserved: "10.0.0.1-10.0.0.2")
        try manifests.addNode("a", in: ["office"])
        #expect(throws: NetworkErrors.self) { try manifests.compile() }
        do {
            _ = try manifests.compile()
        } catch let error as NetworkErrors {
            #expect(
                error.description.contains("network `office` is full: no address of 10.0.0.0/30 is free for node `a`"))
        }
    }

    @Test func theNextPrefixIsUsedWhenTheFirstIsFull() throws {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.9.0.0/31", "10.1.0.0/24")
        for name in ["a", "b", "c"] { try manifests.addNode(name, in: ["office"]) }
        #expect(try manifests.compile().addresses("c", in: "office") == ["10.1.0.1"])
    }

    @Test func masqueradingIsRefusedRatherThanLeftOut() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["office"]) { node in
            var route = Node.SubnetRoute(prefix: Located(try prefix("192.168.0.0/24")))
            #expect(route.nat == .none)
            route.nat = .masquerade
            node.routes = [route]
        }
        #expect(try manifests.errors() == ["0 unavailable"])
    }

    @Test func aNodeInAnUnknownNetworkIsAnError() throws {
        var manifests = try office("10.0.0.0/24")
        try manifests.addNode("a", in: ["offcie"], at: line(4))
        #expect(try manifests.errors() == ["4 unknown-network"])
    }
}

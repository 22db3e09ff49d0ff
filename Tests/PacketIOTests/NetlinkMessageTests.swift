import Addressing
import PacketIO
import Testing

/// What a Linux 6.18 kernel answered in a namespace with a TUN device (index 2, 10.9.0.1/24, fd00:9::1/64).
private let recordedAddresses = """
    4c0000001400020001000000d60f0000020880fe01000000080001007f000001080002007f000001070003006c6f00000800080080000000\
    14000600ffffffffffffffff1668030016680300500000001400020001000000d60f00000218800002000000080001000a09000108000200\
    0a0900010900030074756e3700000000080008008000000014000600ffffffffffffffff1868030018680300500000001400020001000000\
    d60f00000a8080fe01000000140001000000000000000000000000000000000114000600ffffffffffffffff166803001668030008000800\
    8000000005000b0001000000480000001400020001000000d60f00000a4082000200000014000100fd000009000000000000000000000001\
    14000600ffffffffffffffff18680300186803000800080082000000
    """
private let recordedRoutes = """
    3c0000001800020001000000d60f000002100000febffd011000000008000f00fe000000080001000a080000080006003200000008000400\
    020000003c0000001800020001000000d60f000002180000fe02fd011000000008000f00fe000000080001000a090000080007000a090001\
    08000400020000003c0000001800020001000000d60f000002200000ff02fe020000000008000f00ff000000080001000a09000108000700\
    0a09000108000400020000003c0000001800020001000000d60f000002200000ff02fd031000000008000f00ff000000080001000a0900ff\
    080007000a0900010800040002000000
    """
/// Of the recorded link message, the header and the attributes that matter; the rest of it is statistics.
private let recordedLink = """
    340000001000020001000000d60f00000000feff02000000910000000000000009000300\
    74756e37000000000800 04008c050000
    """

private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

@Suite struct NetlinkMessageTests {
    @Test func recordedAddressesAreUnderstood() throws {
        let messages = try #require(NetlinkMessage.parse(bytes(recordedAddresses)[...]))
        #expect(
            messages.map(\.interfaceAddress) == [
                InterfaceAddress(interface: 1, prefix: try prefix("127.0.0.1/8"), isLinkLocal: false),
                InterfaceAddress(interface: 2, prefix: try prefix("10.9.0.1/24"), isLinkLocal: false),
                InterfaceAddress(interface: 1, prefix: try prefix("::1/128"), isLinkLocal: false),
                InterfaceAddress(interface: 2, prefix: try prefix("fd00:9::1/64"), isLinkLocal: false),
            ])
        #expect(
            messages.map { NetlinkMonitor.event($0) }.first == messages[0].interfaceAddress.map { .addressAdded($0) })
    }

    @Test func recordedUnicastRoutesAreUnderstood() throws {
        let messages = try #require(NetlinkMessage.parse(bytes(recordedRoutes)[...]))
        #expect(messages.count == 4)
        // The last two are the local and the broadcast route of the local table.
        #expect(
            messages.compactMap(\.route) == [
                Route(
                    destination: try prefix("10.8.0.0/16"), interface: 2, gateway: nil, origin: Route.ourOrigin,
                    table: Route.mainTable, metric: 50),
                Route(
                    destination: try prefix("10.9.0.0/24"), interface: 2, gateway: nil, origin: 2,
                    table: Route.mainTable, metric: 0),
            ])
    }

    @Test func aRecordedLinkIsUnderstood() throws {
        let message = try #require(NetlinkMessage.parse(bytes(recordedLink)[...])?.first)
        let link = Link(index: 2, name: "tun7", mtu: 1420, isUp: true)
        #expect(message.link == link)
        #expect(NetlinkMonitor.event(message) == .link(link))
        let gone = NetlinkMessage(type: 17, flags: [], sequence: 0, payload: message.payload)
        #expect(NetlinkMonitor.event(gone) == .linkGone(link))
    }

    @Test(arguments: [recordedAddresses, recordedRoutes, recordedLink])
    func everyTruncationIsRefused(_ recorded: String) {
        let whole = bytes(recorded)
        for length in 1..<whole.count {
            // Cut between messages it is well formed, and shorter.
            guard let messages = NetlinkMessage.parse(whole[..<length]) else { continue }
            #expect(messages.reduce(0) { $0 + 16 + $1.payload.count } == length)
            #expect(messages.count < NetlinkMessage.parse(whole[...])?.count ?? 0)
        }
    }

    @Test(arguments: [recordedAddresses, recordedRoutes, recordedLink])
    func noByteThatChangesCanTrap(_ recorded: String) {
        var whole = bytes(recorded)
        for index in whole.indices {
            let original = whole[index]
            for value in [0, 1, 2, 3, 4, 5, 10, 127, 128, 254, 255] as [UInt8] {
                whole[index] = value
                for message in NetlinkMessage.parse(whole[...]) ?? [] {
                    _ = (message.link, message.interfaceAddress, message.route, message.failure)
                    _ = NetlinkMonitor.event(message)
                    for offset in 0..<20 { _ = message.attributes(after: offset)?.map { ($0.number, $0.text) } }
                }
            }
            whole[index] = original
        }
    }

    @Test func lengthsThatLieAreRefused() {
        // Length below a header's, and beyond the datagram.
        for length in [0, 1, 15, 17, 255] as [UInt8] {
            let message: [UInt8] = [length, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
            #expect(NetlinkMessage.parse(message[...]) == nil)
        }
        for length in [0, 3, 9, 255] as [UInt8] {
            #expect(NetlinkAttribute.parse([length, 0, 3, 0, 1, 2, 3, 4][...]) == nil)
        }
        #expect(NetlinkAttribute.parse([8, 0, 3, 0, 1, 2, 3, 4][...])?.count == 1)
        #expect(NetlinkAttribute.parse([8, 0, 3][...]) == nil)
    }

    @Test func addressesOfTheWrongSizeAreNoAddresses() throws {
        // IPv6 in the header, four bytes in the attribute; and a prefix that is too long for IPv4.
        let six = bytes("0a4082000200000008000100fd000009")
        #expect(NetlinkMessage(type: 20, flags: [], sequence: 0, payload: six[...]).interfaceAddress == nil)
        let four = bytes("022182000200000008000100fd000009")
        #expect(NetlinkMessage(type: 20, flags: [], sequence: 0, payload: four[...]).interfaceAddress == nil)
    }

    @Test func refusalsCarryTheKernelsWords() throws {
        // -EINVAL, the request's header alone, and NLMSGERR_ATTR_MSG.
        let request = bytes("14000000120005000100000000000000")
        let text = Array("\u{10}\0\u{01}\0Bad prefix.\0".utf8)
        let payload = bytes("eaffffff") + request + text
        let error = NetlinkMessage(
            type: 2, flags: [.capped, .acknowledgeAttributes], sequence: 1, payload: payload[...])
        #expect(error.failure?.code == 22)
        #expect(error.failure?.text == "Bad prefix.")
        // Not capped: the whole request (20 bytes) is there.
        let whole = bytes("eaffffff") + request + [0, 0, 0, 0] + text
        let uncapped = NetlinkMessage(type: 2, flags: .acknowledgeAttributes, sequence: 1, payload: whole[...])
        #expect(uncapped.failure?.text == "Bad prefix.")
        // Lengths that lie cost the words, not the process.
        let lying = NetlinkMessage(
            type: 2, flags: .acknowledgeAttributes, sequence: 1,
            payload: (bytes("eaffffff") + bytes("ffffffff120005000100000000000000"))[...])
        #expect(lying.failure?.code == 22)
        #expect(lying.failure?.text == "")
        let least = NetlinkMessage(type: 2, flags: [], sequence: 1, payload: bytes("00000080")[...])
        #expect(least.failure?.code == .max)
    }
}

@Suite struct NetlinkQueryTests {
    @Test func loopbackIsThere() throws {
        let netlink = try Netlink()
        let loopback = try netlink.link(named: "lo")
        #expect(loopback.index == 1)
        #expect(try netlink.link(index: 1) == loopback)
        #expect(try netlink.addresses(of: 1).contains { $0.prefix.description == "127.0.0.1/8" })
        #expect(try netlink.routes(of: 1).allSatisfy { $0.interface == 1 })
    }

    @Test func whatIsNotThereIsNotFound() throws {
        let netlink = try Netlink()
        for query in [{ try netlink.link(named: "no-such-if") }, { try netlink.link(index: 999_999) }] {
            let error = #expect(throws: IOError.self) { _ = try query() }
            #expect(error?.isNotFound == true)
        }
        #expect(try netlink.addresses(of: 999_999) == [])
        #expect(try netlink.routes(of: 999_999) == [])
        // Names that the kernel could not have.
        for name in ["", "a/b", "x y", String(repeating: "x", count: 16), "."] {
            #expect(throws: IOError.self) { try netlink.link(named: name) }
        }
    }

    @Test func aMonitorIsQuietWhenNothingHappens() throws {
        #expect(try NetlinkMonitor().read() == [])
    }
}

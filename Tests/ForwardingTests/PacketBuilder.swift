import Addressing
import Forwarding

/// Packets as bytes, for tests.
enum PacketBuilder {
    static func ip(
        _ protocolNumber: UInt8, from source: IPAddress, to destination: IPAddress, payload: [UInt8],
        fragmentOffset: Int = 0, moreFragments: Bool = false, id: UInt16 = 0
    ) -> [UInt8] {
        let isFragment = fragmentOffset > 0 || moreFragments
        switch source.family {
        case .v4:
            let total = UInt16(20 + payload.count)
            let flags = UInt16(fragmentOffset / 8) | (moreFragments ? 0x2000 : 0)
            return [0x45, 0] + bytes(total) + bytes(id) + bytes(flags) + [64, protocolNumber, 0, 0]
                + source.bytes + destination.bytes + payload
        case .v6:
            let fragment =
                isFragment
                ? [protocolNumber, 0] + bytes(UInt16(fragmentOffset) | (moreFragments ? 1 : 0)) + [0, 0] + bytes(id)
                : []
            return [0x60, 0, 0, 0] + bytes(UInt16(fragment.count + payload.count))
                + [isFragment ? 44 : protocolNumber, 64] + source.bytes + destination.bytes + fragment + payload
        }
    }

    static func tcp(_ flags: TCPFlags, ports: (UInt16, UInt16)) -> [UInt8] {
        bytes(ports.0) + bytes(ports.1) + [0, 0, 0, 0, 0, 0, 0, 0, 0x50, flags.rawValue, 0, 0, 0, 0, 0, 0]
    }

    static func udp(ports: (UInt16, UInt16), payload: [UInt8] = []) -> [UInt8] {
        bytes(ports.0) + bytes(ports.1) + bytes(UInt16(8 + payload.count)) + [0, 0] + payload
    }

    static func icmp(type: UInt8, code: UInt8 = 0, id: UInt16 = 0, payload: [UInt8] = []) -> [UInt8] {
        [type, code, 0, 0] + bytes(id) + [0, 1] + payload
    }

    static func bytes(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 255)]
    }
}

func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("\(text) is no address") }
    return address
}

func prefix(_ text: String) -> IPPrefix {
    guard let prefix = IPPrefix(text) else { preconditionFailure("\(text) is no prefix") }
    return prefix
}

func parse(_ packet: [UInt8]) throws(PacketFault) -> PacketHeader {
    let result: Result<PacketHeader, PacketFault> = packet.withUnsafeBytes { bytes in
        do throws(PacketFault) { return .success(try PacketHeader(parsing: bytes)) } catch { return .failure(error) }
    }
    return try result.get()
}

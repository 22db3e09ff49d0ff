import Addressing
import IPsec

/// What a decrypted text holds, and whether it is what the SA is for, by a plain reading of RFC 4303 and RFC 4301.
struct SelectorModel {
    enum Reading {
        case packet([UInt8])
        case dummy, notIP, outside
    }

    /// UDP from 10.1.0.0/16 to ports 1000…2000 of 10.2.0.0/16; or any IPv4, and nothing of IPv6.
    let isNarrow: Bool

    var source: [TrafficSelector] { selectors(0x0A01_0000, .any) }
    var destination: [TrafficSelector] { selectors(0x0A02_0000, .init(first: 1000, last: 2000)) }

    private func selectors(_ first: UInt32, _ ports: TrafficSelector.Ports) -> [TrafficSelector] {
        let narrow = TrafficSelector(
            IPAddress(v4: first), IPAddress(v4: first | 0xFFFF), proto: 17, ports: ports)
        let wide = TrafficSelector(IPAddress(v4: 0), IPAddress(v4: .max))
        return [isNarrow ? narrow : wide].compactMap { $0 }
    }

    func read(_ text: [UInt8]) -> Reading {
        guard text.count >= 2, let next = text.last else { return .notIP }
        if next == 59 { return .dummy }
        let count = text.count - 2 - Int(text[text.count - 2])
        guard count > 0 else { return .notIP }
        switch text[0] >> 4 {
        case 4:
            guard next == 4, count >= 20 else { return .notIP }
            let length = Int(text[2]) << 8 | Int(text[3])
            guard (20...count).contains(length) else { return .notIP }
            let packet = Array(text[..<length])
            return admits(packet) ? .packet(packet) : .outside
        case 6:
            guard next == 41, count >= 40, 40 + (Int(text[4]) << 8 | Int(text[5])) <= count else { return .notIP }
            return .outside
        default: return .notIP
        }
    }

    private func admits(_ packet: [UInt8]) -> Bool {
        guard isNarrow else { return true }
        let start = Int(packet[0] & 15) * 4
        let isLater = packet[6] & 0x1F != 0 || packet[7] != 0
        guard packet[12..<14] == [10, 1], packet[16..<18] == [10, 2], packet[9] == 17, !isLater,
            start + 4 <= packet.count
        else { return false }
        return (1000...2000).contains(Int(packet[start + 2]) << 8 | Int(packet[start + 3]))
    }
}

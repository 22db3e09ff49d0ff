import Addressing
import OpenSSL

/// IP packets that are as much as WireGuard looks at: version, length, addresses; the rest is payload.
enum TestPacket {
    static func make(from source: IPAddress, to destination: IPAddress, payload: [UInt8]) -> [UInt8] {
        switch source.family {
        case .v4:
            let total = 20 + payload.count
            var header = [UInt8](repeating: 0, count: 12)
            header[0] = 0x45
            header[2] = UInt8(total >> 8)
            header[3] = UInt8(total & 255)
            header[8] = 64
            header[9] = 17
            return header + source.bytes + destination.bytes + payload
        case .v6:
            var header = [UInt8](repeating: 0, count: 8)
            header[0] = 0x60
            header[4] = UInt8(payload.count >> 8)
            header[5] = UInt8(payload.count & 255)
            header[6] = 17
            header[7] = 64
            return header + source.bytes + destination.bytes + payload
        }
    }
}

/// Bytes of a hexadecimal string; white space does not count.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func secret(_ text: String) throws -> SecretKey {
    guard let key = SecretKey(copying: hex(text)) else { throw BadLiteral() }
    return key
}

extension SecretKey {
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// For literals in tests: a wrong one fails the test that uses it.
struct BadLiteral: Error {}

func address(_ text: String) throws -> IPAddress {
    guard let address = IPAddress(text) else { throw BadLiteral() }
    return address
}

func prefix(_ text: String) throws -> IPPrefix {
    guard let prefix = IPPrefix(text) else { throw BadLiteral() }
    return prefix
}

func endpoint(_ text: String) throws -> Endpoint {
    guard let endpoint = Endpoint(text) else { throw BadLiteral() }
    return endpoint
}

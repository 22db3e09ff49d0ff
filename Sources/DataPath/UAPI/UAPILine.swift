internal import Addressing
internal import OpenSSL
internal import WireGuard

/// A line of a `set=1` request: `KEY=VALUE`.
struct UAPILine {
    let key: ArraySlice<UInt8>
    let value: ArraySlice<UInt8>

    /// `nil` for a line that asks for nothing. `hasPeer` says whether a `public_key` came before, and is set by one.
    func operation(hasPeer: inout Bool) throws(UAPIError) -> UAPIOperation? {
        // By far the most frequent first: there may be a hundred thousand.
        if key.elementsEqual("allowed_ip".utf8) {
            try require(hasPeer)
            return try allowedIP()
        }
        switch String(decoding: key, as: UTF8.self) {
        case "public_key":
            hasPeer = true
            guard let key = PublicKey(try hexadecimalKey()) else { throw invalid }
            return .peer(key)
        case "private_key":
            try require(!hasPeer)
            return .privateKey(try secret())
        case "listen_port":
            try require(!hasPeer)
            return .listenPort(try number())
        case "fwmark":
            try require(!hasPeer)
            return .mark(value.isEmpty ? 0 : try number())
        case "replace_peers":
            try require(!hasPeer)
            try requireTrue()
            return .replacePeers
        case "remove":
            try require(hasPeer)
            try requireTrue()
            return .removePeer
        case "update_only":
            try require(hasPeer)
            try requireTrue()
            return .updateOnly
        case "preshared_key":
            try require(hasPeer)
            return .presharedKey(try secret())
        case "endpoint":
            try require(hasPeer)
            guard let endpoint = UAPIEndpoint.parse(text) else { throw invalid }
            return .endpoint(endpoint)
        case "persistent_keepalive_interval":
            try require(hasPeer)
            return .persistentKeepalive(try number())
        case "replace_allowed_ips":
            try require(hasPeer)
            try requireTrue()
            return .replaceAllowedIPs
        case "protocol_version":
            try require(hasPeer)
            guard text == "1" else { throw invalid }
            return nil
        default:
            throw .invalid("unknown key \(String(decoding: key.prefix(40), as: UTF8.self))")
        }
    }

    // MARK: Values

    private var text: String { String(decoding: value, as: UTF8.self) }

    /// Names the key alone: the value may be a secret.
    private var invalid: UAPIError { .invalid("the value of \(String(decoding: key, as: UTF8.self))") }

    private func require(_ condition: Bool) throws(UAPIError) {
        guard condition else { throw .invalid("\(String(decoding: key, as: UTF8.self)) is out of place") }
    }

    private func requireTrue() throws(UAPIError) {
        guard value.elementsEqual("true".utf8) else { throw invalid }
    }

    private func number<Number: FixedWidthInteger & UnsignedInteger>() throws(UAPIError) -> Number {
        guard !value.isEmpty, value.count <= 10, value.allSatisfy({ (48...57).contains($0) }),
            let number = Number(text)
        else { throw invalid }
        return number
    }

    private func hexadecimalKey() throws(UAPIError) -> [UInt8] {
        guard value.count == 64 else { throw invalid }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var rest = value
        while let high = rest.popFirst(), let low = rest.popFirst() {
            guard let high = Self.nibble(high), let low = Self.nibble(low) else { throw invalid }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private func secret() throws(UAPIError) -> SecretKey? {
        var bytes = try hexadecimalKey()
        defer { bytes.withUnsafeMutableBytes { wipe($0) } }
        guard let key = SecretKey(copying: bytes) else { throw invalid }
        return key.isZero ? nil : key
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `PREFIX` adds, `-PREFIX` takes away. Host bits are cleared, as the kernel does.
    private func allowedIP() throws(UAPIError) -> UAPIOperation {
        let removes = value.first == UInt8(ascii: "-")
        let digits = removes ? value.dropFirst() : value
        guard let prefix = Self.quickIPv4(digits) ?? IPPrefix(String(decoding: digits, as: UTF8.self)) else {
            throw invalid
        }
        return removes ? .removeAllowedIP(prefix.network) : .addAllowedIP(prefix.network)
    }

    /// The common case without a `String`; `nil` for anything but plain `A.B.C.D/N`, which may still be a prefix or none.
    private static func quickIPv4(_ text: ArraySlice<UInt8>) -> IPPrefix? {
        var numbers: (UInt32, UInt32) = (0, 0)  // The address so far, the number being read.
        var digits = 0
        var dots = 0
        var slash = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digits < 3, digits == 0 || numbers.1 != 0 else { return nil }
                numbers.1 = numbers.1 * 10 + UInt32(byte - UInt8(ascii: "0"))
                digits += 1
            case UInt8(ascii: "."), UInt8(ascii: "/"):
                guard digits > 0, numbers.1 <= 255, !slash else { return nil }
                numbers = (numbers.0 << 8 | numbers.1, 0)
                digits = 0
                if byte == UInt8(ascii: ".") { dots += 1 } else { slash = true }
                guard dots <= 3, !slash || dots == 3 else { return nil }
            default:
                return nil
            }
        }
        guard slash, digits > 0 else { return nil }
        return IPPrefix(IPAddress(v4: numbers.0), length: Int(numbers.1))
    }
}

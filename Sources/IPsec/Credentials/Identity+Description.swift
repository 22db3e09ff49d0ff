internal import OpenSSL

extension Identity: CustomStringConvertible {
    /// As people write them; what cannot be read, in hexadecimal digits, and not more of them than a line of a log has room for.
    package var description: String {
        switch self {
        case .address(let address): address.description
        case .fqdn(let name): name
        case .email(let address): address
        case .distinguishedName(let der): DistinguishedName(der: der)?.description ?? Self.hexadecimal(der)
        case .generalName(let der): Self.uri(der) ?? Self.hexadecimal(der)
        case .keyID(let bytes): Self.hexadecimal(bytes)
        case .null: "nobody"
        }
    }

    /// A GeneralName that is a URI: tag 6 and one byte of length, or two for those that are long (RFC 5280 §4.2.1.6).
    private static func uri(_ der: [UInt8]) -> String? {
        guard der.count > 2, der[0] == 0x86 else { return nil }
        let text = der[1] < 0x80 ? der[2...] : der[1] == 0x81 ? der[3...] : []
        let isText = !text.isEmpty && text.allSatisfy { (0x21...0x7E).contains($0) }
        return isText ? String(decoding: text, as: UTF8.self) : nil
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = bytes.prefix(64).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "0x" + digits + (bytes.count > 64 ? "…" : "")
    }
}

/// Text from a peer that is to be compared and shown in logs.
enum PrintableText {
    /// Names are no longer than a domain name can be (RFC 1035 §2.3.4).
    private static let maximumCount = 255

    /// `nil` for bytes that are no UTF-8, are empty or too many, or have control characters or blanks in them: nothing that
    /// could make a log say something else.
    static func decode(_ bytes: some Collection<UInt8>) -> String? {
        guard (1...maximumCount).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ !isHidden($0) })
        else { return nil }
        return text
    }

    /// The same for a domain's name, which goes into the host's configuration: letters, digits, hyphens, dots, underscores.
    static func decodeDomain(_ bytes: [UInt8]) -> String? {
        bytes.allSatisfy(isOfDomain) ? decode(bytes) : nil
    }

    private static func isOfDomain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .spaceSeparator, .unassigned: true
        default: false
        }
    }
}

/// Names of TUN devices: PREFIX + CVLAN, within the kernel's 15 bytes.
package enum InterfaceName {
    static let maximumLength = 15

    /// A name too long is cut, and eight hexadecimal digits of its hash keep it distinct.
    package static func make(prefix: String, cvlan: String) -> String {
        let name = prefix + cvlan
        guard name.utf8.count > maximumLength else { return name }
        let hash = name.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let digits = String(hash, radix: 16)
        let suffix = String(repeating: "0", count: 8 - digits.count) + digits
        return name.prefix(maximumLength - 8) + suffix
    }
}

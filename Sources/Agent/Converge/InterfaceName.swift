/// Names of TUN devices: PREFIX + CVLAN, within the kernel's 15 bytes.
package enum InterfaceName {
    static let maximumLength = 15

    /// A name too long is cut, and four hexadecimal digits of its hash keep it distinct.
    package static func make(prefix: String, cvlan: String) -> String {
        let name = prefix + cvlan
        guard name.utf8.count > maximumLength else { return name }
        let hash = cvlan.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let suffix = String(String(hash & 0xFFFF | 0x10000, radix: 16).dropFirst())
        return name.prefix(maximumLength - 4) + suffix
    }
}

/// IP protocol numbers (IANA) that the filter knows more of than the number.
package enum IPProtocol {
    package static let icmp: UInt8 = 1
    package static let tcp: UInt8 = 6
    package static let udp: UInt8 = 17
    package static let dccp: UInt8 = 33
    package static let icmpv6: UInt8 = 58
    package static let sctp: UInt8 = 132
    package static let udpLite: UInt8 = 136

    static let hopByHopOptions: UInt8 = 0
    static let routing: UInt8 = 43
    static let fragment: UInt8 = 44
    static let authentication: UInt8 = 51
    static let destinationOptions: UInt8 = 60

    /// Whether the first four bytes of the transport header are source and destination port.
    @inline(__always)
    static func hasPorts(_ number: UInt8) -> Bool {
        number == tcp || number == udp || number == sctp || number == dccp || number == udpLite
    }

    /// ICMP and ICMPv6 are one protocol to a rule.
    @inline(__always)
    package static func asInRules(_ number: UInt8) -> UInt8 {
        number == icmpv6 ? icmp : number
    }
}

/// Where fields lie in the headers that offloading rewrites, from the header's first byte.
enum IPv4Field {
    static let typeOfService = 1
    static let totalLength = 2
    static let identification = 4
    static let fragment = 6
    /// And the protocol after it.
    static let timeToLive = 8
    static let protocolNumber = 9
    static let checksum = 10
    static let source = 12
    static let minimumCount = 20
    /// Of source and destination.
    static let addressesCount = 8
    /// Don't fragment, in `fragment`.
    static let dontFragment: UInt16 = 0x4000
}

enum IPv6Field {
    static let payloadLength = 4
    static let nextHeader = 6
    static let hopLimit = 7
    static let source = 8
    static let count = 40
    static let addressesCount = 32
}

enum TCPField {
    static let sequence = 4
    static let acknowledgement = 8
    /// Header length, flags and window.
    static let offsetAndFlags = 12
    static let flags = 13
    static let checksum = 16
    static let urgentPointer = 18
    static let minimumCount = 20
}

enum TCPFlag {
    static let fin: UInt8 = 0x01
    static let syn: UInt8 = 0x02
    static let rst: UInt8 = 0x04
    static let psh: UInt8 = 0x08
    static let urg: UInt8 = 0x20
    static let cwr: UInt8 = 0x80
}

enum UDPField {
    static let length = 4
    static let checksum = 6
    static let count = 8
}

enum TransportProtocol {
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17
}

/// IPv6 extension headers (RFC 8200 §4).
enum IPv6Extension {
    static let hopByHop: UInt8 = 0
    static let routing: UInt8 = 43
    static let fragment: UInt8 = 44
    static let destination: UInt8 = 60
}

extension UnsafeRawPointer {
    /// A byte of the packet. The caller has made sure of its length.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }

    /// Two bytes in network byte order.
    @inline(__always)
    func number16(_ offset: Int) -> UInt16 { UInt16(bigEndian: word16(offset)) }

    /// Four bytes in network byte order.
    @inline(__always)
    func number32(_ offset: Int) -> UInt32 { UInt32(bigEndian: word32(offset)) }

    /// Two bytes as they lie in memory.
    @inline(__always)
    func word16(_ offset: Int) -> UInt16 { loadUnaligned(fromByteOffset: offset, as: UInt16.self) }

    /// Four bytes as they lie in memory.
    @inline(__always)
    func word32(_ offset: Int) -> UInt32 { loadUnaligned(fromByteOffset: offset, as: UInt32.self) }

    /// Eight bytes as they lie in memory.
    @inline(__always)
    func word64(_ offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
}

extension UnsafeMutableRawPointer {
    /// Stores two bytes in network byte order.
    @inline(__always)
    func store(number: UInt16, at offset: Int) {
        storeBytes(of: number.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    /// Stores four bytes in network byte order.
    @inline(__always)
    func store(number: UInt32, at offset: Int) {
        storeBytes(of: number.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Stores two bytes as they are in memory.
    @inline(__always)
    func store(word: UInt16, at offset: Int) { storeBytes(of: word, toByteOffset: offset, as: UInt16.self) }
}

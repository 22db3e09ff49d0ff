/// The header of a data message (paper §5.4.6): type 4 │ receiver 4 │ counter 8 │ encrypted packet, padded │ tag 16.
package enum DataHeader {
    static let count = 16
    static let tagCount = 16
    /// A keepalive: header and tag.
    static let minimumMessage = count + tagCount

    static func write(receiver: UInt32, counter: UInt64, to header: UnsafeMutableRawPointer) {
        header.storeBytes(of: MessageType.data.rawValue.littleEndian, as: UInt32.self)
        header.storeBytes(of: receiver.littleEndian, toByteOffset: 4, as: UInt32.self)
        header.storeBytes(of: counter.littleEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// How long a packet is after padding to a multiple of 16, which does not take it past the MTU. A packet that is longer
    /// than the MTU is padded as its last MTU-sized part would be.
    package static func paddedCount(_ count: Int, mtu: Int) -> Int {
        guard mtu > 0 else { return (count + 15) & ~15 }
        let last = count > mtu ? count % mtu : count
        return count - last + min((last + 15) & ~15, mtu)
    }
}

/// What comes to the port that IKE and ESP share (RFC 3948 §2).
package enum ESPDatagram: Equatable, Sendable {
    /// ESP: it begins with an SPI that is not zero.
    case esp
    /// An IKE message, which begins after the marker.
    case ike
    /// Keeps a NAT's mapping; of no other use.
    case keepalive
    case malformed

    /// Four zero bytes, where ESP has an SPI.
    package static let markerCount = 4
    package static let keepaliveByte: UInt8 = 0xFF

    @inline(__always)
    package init(_ datagram: UnsafeRawBufferPointer) {
        guard datagram.count >= Self.markerCount else {
            self = datagram.count == 1 && datagram[0] == Self.keepaliveByte ? .keepalive : .malformed
            return
        }
        self = datagram.loadUnaligned(as: UInt32.self) == 0 ? .ike : .esp
    }
}

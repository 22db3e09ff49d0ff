/// An error, a status or an ability (RFC 7296 §3.10).
package struct Notify: Hashable, Sendable {
    package var type: NotifyType
    /// Of which kind of security association it speaks; `none` where it concerns none, or the IKE SA that it came in.
    package var proto: SecurityProtocol
    package var spi: [UInt8]
    package var data: [UInt8]

    package init(_ type: NotifyType, proto: SecurityProtocol = .none, spi: [UInt8] = [], data: [UInt8] = []) {
        self.type = type
        self.proto = proto
        self.spi = spi
        self.data = data
    }
}

extension Notify {
    /// protocol 1 │ SPI size 1 │ type 2 │ SPI │ data
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        let proto = try SecurityProtocol(rawValue: cursor.uint8())
        let spiCount = try Int(cursor.uint8())
        let type = try NotifyType(rawValue: cursor.uint16())
        let spi = try cursor.take(spiCount)
        self.init(type, proto: proto, spi: spi, data: cursor.rest())
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(proto.rawValue)
        writer.write(UInt8(spi.count))
        writer.write(type.rawValue)
        writer.write(spi)
        writer.write(data)
    }
}

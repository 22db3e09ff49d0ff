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

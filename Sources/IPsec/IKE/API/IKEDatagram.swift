/// A datagram that the host wants to be sent.
package struct IKEDatagram: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// An IKE message. On an encapsulated path, four zero bytes go before it (RFC 3948 §2.2).
        case message
        /// The single byte 0xFF, as it is (RFC 3948 §2.3).
        case keepalive
    }

    package let kind: Kind
    package let bytes: [UInt8]
    package let path: IKEPath

    package init(_ bytes: [UInt8], _ kind: Kind = .message, on path: IKEPath) {
        self.kind = kind
        self.bytes = bytes
        self.path = path
    }
}

/// An IKE message: its header and its payloads, in order.
package struct IKEMessage: Hashable, Sendable {
    package var header: IKEHeader
    package var payloads: [Payload]

    package init(_ header: IKEHeader, _ payloads: [Payload]) {
        self.header = header
        self.payloads = payloads
    }
}

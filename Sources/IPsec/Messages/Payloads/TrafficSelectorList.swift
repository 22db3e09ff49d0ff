internal import Addressing

/// A TSi or TSr payload (RFC 7296 §3.13).
package struct TrafficSelectorList: Hashable, Sendable {
    package var selectors: [TrafficSelector]

    package init(_ selectors: [TrafficSelector]) {
        self.selectors = selectors
    }
}

/// The payload: number of selectors 1 │ reserved 3 │ selectors, each of them
///
///     type 1 │ protocol 1 │ length 2 │ first port 2 │ last port 2 │ first address │ last address
extension TrafficSelectorList {
    private static let ipv4Type: UInt8 = 7
    private static let ipv6Type: UInt8 = 8

    init(_ cursor: inout ByteCursor) throws(MessageError) {
        let count = try cursor.uint8()
        try cursor.skip(3)
        selectors = []
        for _ in 0..<count {
            let start = cursor.position
            let type = try cursor.uint8()
            let proto = try cursor.uint8()
            let rest = try Int(cursor.uint16()) - 4
            guard rest >= 0 else { throw MessageError(.malformed(.trafficSelector), at: start) }
            var body = try cursor.part(rest)
            // Of another kind: it selects nothing.
            guard type == Self.ipv4Type || type == Self.ipv6Type else { continue }
            let ports = try TrafficSelector.Ports(first: body.uint16(), last: body.uint16())
            let byteCount = (type == Self.ipv4Type ? IPFamily.v4 : .v6).byteCount
            guard let first = try IPAddress(bytes: body.take(byteCount)),
                let last = try IPAddress(bytes: body.take(byteCount)),
                let selector = TrafficSelector(first, last, proto: proto, ports: ports)
            else { throw MessageError(.malformed(.trafficSelector), at: start) }
            try body.finish()
            selectors.append(selector)
        }
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(UInt8(selectors.count))
        writer.write([0, 0, 0])
        for selector in selectors {
            let family = selector.first.family
            writer.write(family == .v4 ? Self.ipv4Type : Self.ipv6Type)
            writer.write(selector.proto)
            writer.write(UInt16(8 + 2 * family.byteCount))
            writer.write(selector.ports.first)
            writer.write(selector.ports.last)
            writer.write(selector.first.bytes)
            writer.write(selector.last.bytes)
        }
    }
}

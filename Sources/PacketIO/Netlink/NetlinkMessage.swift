/// One message of the kernel's. Nothing in it is trusted: a length that does not fit ends the parse.
package struct NetlinkMessage {
    package let type: UInt16
    package let flags: NetlinkFlags
    package let sequence: UInt32
    package let payload: ArraySlice<UInt8>

    static let headerLength = 16

    package init(type: UInt16, flags: NetlinkFlags, sequence: UInt32, payload: ArraySlice<UInt8>) {
        self.type = type
        self.flags = flags
        self.sequence = sequence
        self.payload = payload
    }

    /// Splits a datagram into its messages; `nil` when it is not well formed from beginning to end.
    package static func parse(_ datagram: ArraySlice<UInt8>) -> [NetlinkMessage]? {
        var messages: [NetlinkMessage] = []
        var rest = datagram
        while !rest.isEmpty {
            guard let length = rest.integer(at: 0, UInt32.self).map({ Int($0) }), length >= headerLength,
                length <= rest.count, let type = rest.integer(at: 4, UInt16.self),
                let flags = rest.integer(at: 6, UInt16.self), let sequence = rest.integer(at: 8, UInt32.self)
            else { return nil }
            messages.append(
                NetlinkMessage(
                    type: type, flags: NetlinkFlags(rawValue: flags), sequence: sequence,
                    payload: rest.prefix(length).dropFirst(headerLength)))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return messages
    }

    /// The attributes after a fixed structure of `offset` bytes; `nil` when they are not well formed.
    package func attributes(after offset: Int) -> [NetlinkAttribute]? {
        guard payload.count >= offset else { return nil }
        return NetlinkAttribute.parse(payload.dropFirst(offset))
    }

    /// For a message of type `error`: the `errno` value (0: done) and the kernel's words.
    package var failure: (code: Int32, text: String)? {
        guard type == NetlinkType.error, let negative = payload.integer(at: 0, Int32.self) else { return nil }
        // Int32.min has no opposite; the kernel never sends it.
        let code = negative == .min ? .max : abs(negative)
        guard flags.contains(.acknowledgeAttributes), let length = payload.integer(at: 4, UInt32.self) else {
            return (code, "")
        }
        // After the code comes the request: its header alone, or all of it.
        let repeated = flags.contains(.capped) ? Self.headerLength : (Int(length) + 3) & ~3
        let text = attributes(after: 4 + repeated)?.first { $0.type == NetlinkAttributeType.errorMessage }?.text
        return (code, text ?? "")
    }
}

package struct NetlinkAttribute {
    package let type: UInt16
    package let value: ArraySlice<UInt8>

    package static func parse(_ bytes: ArraySlice<UInt8>) -> [NetlinkAttribute]? {
        var attributes: [NetlinkAttribute] = []
        var rest = bytes
        while !rest.isEmpty {
            guard let length = rest.integer(at: 0, UInt16.self).map({ Int($0) }), length >= 4, length <= rest.count,
                let type = rest.integer(at: 2, UInt16.self)
            else { return nil }
            // The two high bits say "nested" and "network byte order".
            attributes.append(NetlinkAttribute(type: type & 0x3FFF, value: rest.prefix(length).dropFirst(4)))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return attributes
    }

    package var number: UInt32? {
        value.count == 4 ? value.integer(at: 0, UInt32.self) : nil
    }

    /// Up to the first zero byte.
    package var text: String {
        String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
    }
}

extension ArraySlice<UInt8> {
    /// The integer at `offset` from the slice's beginning, in the machine's byte order; `nil` beyond its end.
    func integer<N: FixedWidthInteger>(at offset: Int, _: N.Type) -> N? {
        guard offset >= 0, count - offset >= MemoryLayout<N>.size else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: N.self) }
    }
}

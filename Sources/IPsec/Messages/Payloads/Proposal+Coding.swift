/// The SA payload (RFC 7296 §3.3):
///
///     proposal:  last or more 1 │ reserved 1 │ length 2 │ number 1 │ protocol 1 │ SPI size 1 │ transforms 1 │ SPI │ transforms
///     transform: last or more 1 │ reserved 1 │ length 2 │ type 1 │ reserved 1 │ identifier 2 │ attributes
///     attribute: format bit and type 2 │ value 2, or length 2 and value
extension Proposal {
    private static let more: UInt8 = 2

    static func decodeAll(_ cursor: inout ByteCursor) throws(MessageError) -> [Proposal] {
        var proposals: [Proposal] = []
        var isLast = false
        while !isLast {
            let start = cursor.position
            guard proposals.count < MessageLimits.proposals else { throw MessageError(.tooMany(.proposals), at: start) }
            let marker = try cursor.uint8()
            guard marker == 0 || marker == more else { throw MessageError(.malformed(.proposal), at: start) }
            isLast = marker == 0
            try cursor.skip(1)
            let count = try Int(cursor.uint16()) - 4
            guard count >= 0 else { throw MessageError(.malformed(.proposal), at: start) }
            var body = try cursor.part(count)
            try proposals.append(decode(&body))
        }
        return proposals
    }

    private static func decode(_ cursor: inout ByteCursor) throws(MessageError) -> Proposal {
        let number = try cursor.uint8()
        let proto = try SecurityProtocol(rawValue: cursor.uint8())
        let spiCount = try Int(cursor.uint8())
        let transformCount = try Int(cursor.uint8())
        guard transformCount <= MessageLimits.transforms else {
            throw MessageError(.tooMany(.transforms), at: cursor.position - 1)
        }
        let spi = try cursor.take(spiCount)
        var transforms: [Transform] = []
        for index in 0..<transformCount {
            try transforms.append(Transform.decode(&cursor, isLast: index == transformCount - 1))
        }
        try cursor.finish()
        return Proposal(number: number, proto: proto, spi: spi, transforms: transforms)
    }

    static func encodeAll(_ proposals: [Proposal], to writer: inout ByteWriter) {
        for (index, proposal) in proposals.enumerated() {
            let start = writer.bytes.count
            writer.write(index == proposals.count - 1 ? 0 : more)
            writer.write(UInt8(0))
            writer.write(UInt16(0))
            writer.write(proposal.number)
            writer.write(proposal.proto.rawValue)
            writer.write(UInt8(proposal.spi.count))
            writer.write(UInt8(proposal.transforms.count))
            writer.write(proposal.spi)
            for (index, transform) in proposal.transforms.enumerated() {
                transform.encode(isLast: index == proposal.transforms.count - 1, to: &writer)
            }
            writer.patchLength(at: start + 2, from: start)
        }
    }
}

extension Transform {
    private static let more: UInt8 = 3
    private static let keyLengthType: UInt16 = 14
    /// The value stands in the place of the length.
    private static let shortFormat: UInt16 = 0x8000

    static func decode(_ cursor: inout ByteCursor, isLast: Bool) throws(MessageError) -> Transform {
        let start = cursor.position
        let marker = try cursor.uint8()
        try cursor.skip(1)
        let count = try Int(cursor.uint16()) - 4
        guard marker == (isLast ? 0 : more), count >= 0 else {
            throw MessageError(.malformed(.transform), at: start)
        }
        var body = try cursor.part(count)
        let type = try TransformType(rawValue: body.uint8())
        try body.skip(1)
        var transform = try Transform(type, body.uint16())
        var attributes = 0
        while !body.isAtEnd {
            attributes += 1
            guard attributes <= MessageLimits.attributes else {
                throw MessageError(.tooMany(.attributes), at: body.position)
            }
            try transform.decodeAttribute(&body)
        }
        return transform
    }

    private mutating func decodeAttribute(_ cursor: inout ByteCursor) throws(MessageError) {
        let start = cursor.position
        let type = try cursor.uint16()
        let value = try cursor.uint16()
        switch type {
        case Self.shortFormat | Self.keyLengthType:
            guard keyLength == nil else { throw MessageError(.malformed(.transform), at: start) }
            keyLength = value
        case Self.shortFormat...:
            hasUnknownAttribute = true
        default:
            try cursor.skip(Int(value))
            hasUnknownAttribute = true
        }
    }

    func encode(isLast: Bool, to writer: inout ByteWriter) {
        let start = writer.bytes.count
        writer.write(isLast ? 0 : Self.more)
        writer.write(UInt8(0))
        writer.write(UInt16(0))
        writer.write(type.rawValue)
        writer.write(UInt8(0))
        writer.write(identifier)
        if let keyLength {
            writer.write(Self.shortFormat | Self.keyLengthType)
            writer.write(keyLength)
        }
        writer.patchLength(at: start + 2, from: start)
    }
}

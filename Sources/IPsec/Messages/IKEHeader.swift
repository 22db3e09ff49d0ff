/// The header of every IKE message (RFC 7296 §3.1).
///
///     initiator's SPI 8 │ responder's SPI 8 │ next payload 1 │ version 1 │ exchange 1 │ flags 1 │ message ID 4 │ length 4
package struct IKEHeader: Hashable, Sendable {
    package static let byteCount = 28

    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// From the original initiator of the IKE SA.
        package static let initiator = Flags(rawValue: 0x08)
        /// The sender could speak a higher major version.
        package static let higherVersion = Flags(rawValue: 0x10)
        package static let response = Flags(rawValue: 0x20)
    }

    package var initiatorSPI: UInt64
    /// Zero in the first message.
    package var responderSPI: UInt64
    package var exchange: ExchangeType
    package var flags: Flags
    package var messageID: UInt32

    package init(
        initiatorSPI: UInt64, responderSPI: UInt64, exchange: ExchangeType, flags: Flags, messageID: UInt32
    ) {
        self.initiatorSPI = initiatorSPI
        self.responderSPI = responderSPI
        self.exchange = exchange
        self.flags = flags
        self.messageID = messageID
    }

    package var isResponse: Bool { flags.contains(.response) }
    package var isFromInitiator: Bool { flags.contains(.initiator) }
}

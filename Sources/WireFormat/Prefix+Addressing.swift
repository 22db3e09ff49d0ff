package import Addressing

internal import struct Foundation.Data

extension WirePrefix {
    package init(_ prefix: IPPrefix) {
        self.init()
        address = Data(prefix.address.bytes)
        length = UInt32(prefix.length)
    }

    /// `nil` when the bytes are no address or the length does not fit it.
    package var prefix: IPPrefix? {
        IPAddress(bytes: address).flatMap { IPPrefix($0, length: Int(length)) }
    }
}

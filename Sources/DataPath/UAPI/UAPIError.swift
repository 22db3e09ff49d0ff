internal import Glibc

/// Why a request of the WireGuard configuration protocol was refused: what follows `errno=`.
package struct UAPIError: Error, Hashable, CustomStringConvertible {
    /// A positive `errno` value. On the wire it is negative, as wireguard-go has it and `wg` expects of a `set`.
    package let code: Int32
    package let description: String

    package init(code: Int32, _ description: String) {
        self.code = code
        self.description = description
    }

    static func invalid(_ what: String) -> UAPIError { UAPIError(code: EINVAL, what) }
    static func protocolViolation(_ what: String) -> UAPIError { UAPIError(code: EPROTO, what) }
}

internal import Glibc

/// A call to the kernel that failed.
package struct IOError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The `errno` value.
    package let code: Int32
    /// What was tried: the system call or request.
    package let operation: String
    /// What it was tried on, and what the kernel said beyond the code; may be empty.
    package let detail: String

    @inline(never)
    package init(_ code: Int32, _ operation: String, _ detail: String = "") {
        self.code = code
        self.operation = operation
        self.detail = detail
    }

    /// From `errno`, right after the call that failed.
    @inline(never)
    init(errnoOf operation: String, _ detail: String = "") {
        self.init(errno, operation, detail)
    }

    /// The thing is not there: no such device, address, route or file.
    package var isNotFound: Bool { [ENODEV, ENOENT, ESRCH, EADDRNOTAVAIL, ENXIO].contains(code) }
    package var alreadyExists: Bool { code == EEXIST }
    /// The TUN device behind a descriptor has been deleted.
    package var isDeviceGone: Bool { code == EBADFD }

    package var description: String {
        let reason = String(cString: strerror(code))
        return detail.isEmpty ? "\(operation): \(reason)" : "\(operation): \(reason) (\(detail))"
    }
}

/// Calls again when a signal interrupted; throws on any other failure.
@discardableResult
func retrying(
    _ operation: @autoclosure () -> String, _ call: () -> Int32
) throws(IOError) -> Int32 {
    while true {
        let result = call()
        if result >= 0 { return result }
        if errno != EINTR { throw IOError(errnoOf: operation()) }
    }
}

internal import Glibc

/// Why a step in the lab did not come to its end.
package struct LabError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// With the reason that `errno` gives, right after the call that failed.
    static func system(_ what: String) -> LabError {
        let code = errno
        return LabError("\(what): \(String(cString: strerror(code)))")
    }
}

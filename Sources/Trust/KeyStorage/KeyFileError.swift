internal import Glibc

/// Why a file of keys could not be read or written. The text names the file and what to do.
package struct KeyFileError: Error, Hashable, CustomStringConvertible {
    package enum Code: Sendable, CaseIterable {
        case notFound, alreadyExists
        /// Others than its owner may read or change it.
        case exposed
        /// Not what should be in it.
        case malformed
        /// Nobody is there to ask for a passphrase.
        case needsPassphrase
        case wrongPassphrase
        /// The key is elsewhere, and not to be had from there.
        case unavailable
        /// The system said no.
        case system
    }

    package let code: Code
    package let path: String
    package let reason: String

    package var description: String { "\(path): \(reason)" }

    @inline(never)
    init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    @inline(never)
    init(errno code: Int32, _ path: String, _ doing: String) {
        switch code {
        case ENOENT: self.init(.notFound, path, "not found")
        case EEXIST: self.init(.alreadyExists, path, "exists already")
        default: self.init(.system, path, "\(doing): \(String(cString: strerror(code)))")
        }
    }
}

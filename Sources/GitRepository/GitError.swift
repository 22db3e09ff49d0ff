/// Why a git operation failed: a closed code to act on, and words for people.
package struct GitError: Error, Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// No such repository, branch, commit, or path.
        case notFound
        /// The remote did not take a push: it was not a fast-forward of what was expected there.
        case rejected
        /// The remote does not take pushes of this kind: a protected branch, or a hook declined.
        case refused
        /// The reference no longer had the expected value.
        case moved
        /// The branch is checked out in a working tree, which a commit made here would leave behind.
        case checkedOut
        /// Credentials are missing, unusable or refused.
        case authentication
        /// The server could not prove who it is: an unknown or changed SSH host key, or a bad TLS certificate.
        case untrustedServer
        /// The local repository belongs to another user.
        case untrustedOwner
        /// No connection, or it broke off.
        case unreachable
        /// A network operation exceeded its time.
        case timedOut
        /// An object, a tree or a transfer exceeds its limit.
        case tooLarge
        /// An object does not decode or does not match its id.
        case corrupt
        /// The caller's input has no meaning: a bad branch name, path, identity, URL or option.
        case invalid
        /// A commit was to be signed, and whoever has the key did not.
        case unsigned
        /// What this build, library or server cannot do.
        case unsupported
        /// The local disk or file system refused.
        case storage
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same call may succeed later though nobody changes repository or settings. After `moved` and
    /// `rejected` the caller has to read the new state first.
    package var mayRetry: Bool {
        switch code {
        case .unreachable, .timedOut, .storage, .unsigned: true
        case .notFound, .rejected, .refused, .moved, .checkedOut, .authentication, .untrustedServer, .untrustedOwner,
            .tooLarge,
            .corrupt, .invalid, .unsupported:
            false
        }
    }
}

extension GitError: CustomStringConvertible {
    package var description: String { message }
}

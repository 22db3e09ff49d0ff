/// A commit's metadata. Text that is not UTF-8 is repaired, which is for display only: signatures are checked over
/// `Repository.commitBytes`.
package struct Commit: Hashable, Sendable {
    package let id: ObjectID
    package let tree: ObjectID
    package let parents: [ObjectID]
    package let author: Identity
    package let committer: Identity
    package let message: String
    /// The `Key: value` lines of the message's last paragraph, in order; keys may repeat.
    package let trailers: [Trailer]

    /// The first line of the message.
    package var subject: String {
        String(message.prefix { !$0.isNewline })
    }

    /// The values of a trailer. Keys compare without regard to ASCII case, as in git.
    package func trailerValues(_ key: String) -> [String] {
        trailers.filter { $0.key.lowercased() == key.lowercased() }.map(\.value)
    }
}

/// One `Key: value` line, as `git interpret-trailers` has them.
package struct Trailer: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// Who made a commit, and when.
package struct Identity: Hashable, Sendable {
    package let name: String
    package let email: String
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int64
    /// The zone the time was written in, in minutes east of UTC.
    package let offsetMinutes: Int

    /// The times that can be written: libgit2 would cut others to 32 bits. What is read may say anything.
    package static let writtenSeconds = 0...Int64(UInt32.max)

    package init(name: String, email: String, seconds: Int64, offsetMinutes: Int = 0) {
        self.name = name
        self.email = email
        self.seconds = seconds
        self.offsetMinutes = offsetMinutes
    }
}

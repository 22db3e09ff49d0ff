/// What one call may cost, whatever the repository holds. Exceeding one throws `.tooLarge` before the memory is spent.
package struct Limits: Hashable, Sendable {
    /// Bytes of one tree object (about 50 a name), and of one commit object.
    package var objectBytes = 64 << 20
    /// Entries that one listing or diff may visit, files and directories.
    package var treeEntries = 4_000_000
    /// Nested directories.
    package var treeDepth = 64
    /// Commits that one walk may visit.
    package var walkedCommits = 1_000_000
    /// Bytes that one fetch may receive.
    package var fetchBytes = 4 << 30
    /// Seconds for one fetch or push, connecting included.
    package var networkSeconds = 120

    package init() {}
}

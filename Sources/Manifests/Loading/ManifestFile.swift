/// What one file says.
package struct ManifestFile: Sendable {
    package let source: SourceFile
    /// Of the bytes that it was read from, to tell in this process whether they are still the same.
    package internal(set) var digest = 0
    /// What could be decoded without a problem, in the order of the file.
    package var resources: [Resource] = []
    /// In the order of the file.
    package var problems: [ManifestProblem] = []
    /// Resources that are declared here with problems. They exist, so referring to them is no error.
    package var undecodable: [ResourceID] = []
    /// In the order of the file.
    package var remarks: [ManifestRemark] = []
    /// In the order of the file.
    package var ignores: [IgnoreComment] = []

    package init(source: SourceFile) {
        self.source = source
    }

    package static func digest(of bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}

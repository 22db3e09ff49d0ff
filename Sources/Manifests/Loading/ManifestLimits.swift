/// How much a file may ask of its reader: anyone who can open a pull request can write one.
package struct ManifestLimits: Sendable, Hashable {
    /// A larger file is refused by its size, before it is read.
    package var fileBytes = 64 << 20
    /// What precedes a document, as comments do, counts towards it.
    package var documentBytes = 4 << 20
    package var documentsPerFile = 250_000
    /// Values and keys of one document, with every alias counted as all that it stands for.
    package var nodesPerDocument = 200_000
    /// Mappings and lists inside each other.
    package var depth = 32
    package var scalarBytes = 256 << 10
    /// A file's problems after these are left out.
    package var problemsPerFile = 1000
    /// Folders inside each other.
    package var folderDepth = 64

    package init() {}
}

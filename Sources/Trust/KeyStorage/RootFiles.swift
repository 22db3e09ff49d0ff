internal import FoundationEssentials
internal import WireFormat

/// The root documents in a controller's directory: `roots/N.dsse`, from 1 to the one in force. The next one is in force as
/// soon as its file is there.
package struct RootFiles: Sendable {
    /// More than a root a day for ten years.
    static let maximumCount: UInt64 = 4096

    private let directory: String

    /// - Parameter directory: the controller's.
    package init(of directory: String) {
        self.directory = Self.folder(of: directory)
    }

    static func folder(of directory: String) -> String { "\(directory)/roots" }

    package func path(of version: UInt64) -> String { "\(directory)/\(version).dsse" }

    /// The chain, each verified by the one before. The first is trusted because it is in the controller's own directory.
    package func read() throws -> [TrustedRoot] {
        let first = try envelope(1)
        let roots = [try TrustedRoot(first, pinnedBy: RootPin(ofPayload: first.payload))]
        guard roots[0].document.version == 1 else {
            throw KeyFileError(.malformed, path(of: 1), "is version \(roots[0].document.version), not 1")
        }
        return roots + (try read(after: roots[0]))
    }

    /// What came after `root`, each verified by the one before.
    package func read(after root: TrustedRoot) throws -> [TrustedRoot] {
        var roots: [TrustedRoot] = []
        var last = root
        while let next = try next(after: last) {
            roots.append(next)
            last = next
        }
        return roots
    }

    private func next(after root: TrustedRoot) throws -> TrustedRoot? {
        let version = root.document.version + 1
        let following: WireEnvelope
        do throws(KeyFileError) {
            following = try envelope(version)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        guard version <= Self.maximumCount else {
            throw KeyFileError(.malformed, directory, "has more than \(Self.maximumCount) root documents")
        }
        do throws(RootError) {
            let next = try root.updated(with: following)
            guard next.document.version == version else {
                throw RootError(.wrongVersion, "is version \(next.document.version)")
            }
            return next
        } catch {
            throw KeyFileError(.malformed, path(of: version), "does not follow version \(version - 1): \(error)")
        }
    }

    /// Never in the place of another: agents and the state branch may have that one already.
    package func write(_ root: TrustedRoot) throws {
        try DurableFile.makePrivateDirectory(directory)
        let path = path(of: root.document.version)
        let bytes: Data = try root.envelope.serializedData()
        do throws(KeyFileError) {
            try DurableFile.write(bytes, to: path, replacing: false)
        } catch {
            guard error.code == .alreadyExists else { throw error }
            guard try envelope(root.document.version).payload == root.envelope.payload else {
                throw KeyFileError(
                    .alreadyExists, path, "another root document of this version is there: begin again, from that one")
            }
        }
    }

    /// The first one, where no keys are yet: what is there is of an initialization that was stopped.
    func begin(with root: TrustedRoot) throws {
        try DurableFile.makePrivateDirectory(directory)
        try DurableFile.write(root.envelope.serializedData(), to: path(of: root.document.version))
    }

    private func envelope(_ version: UInt64) throws(KeyFileError) -> WireEnvelope {
        let path = path(of: version)
        let bytes = Data(try DurableFile.read(path))
        do throws(EnvelopeError) {
            return try WireEnvelope(decoding: bytes)
        } catch {
            throw KeyFileError(.malformed, path, "\(error)")
        }
    }
}

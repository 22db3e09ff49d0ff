internal import FoundationEssentials
package import GitRepository
internal import Manifests
internal import OverlayNetwork
package import Trust
internal import WireFormat

/// The root documents of the state branch, each signed by the one before it, and what of them an auditor knows already.
package struct RootChain: Sendable {
    /// By version, from 1; up to the first that does not follow.
    package private(set) var roots: [TrustedRoot] = []
    /// Why the next one does not follow, or why there is none.
    package private(set) var problem: String?

    /// - Parameter envelopes: by version, as the state branch has them.
    package init(_ envelopes: [UInt64: [UInt8]]) {
        guard !envelopes.isEmpty else {
            problem = "the state branch has no root documents: nothing says whose signatures count"
            return
        }
        for version in 1...UInt64(envelopes.count) {
            guard let bytes = envelopes[version] else {
                problem = "root document \(version) is missing"
                return
            }
            do {
                let envelope = try WireEnvelope(serializedBytes: bytes)
                // The first one vouches for itself: whether it is the right one, its pin says.
                let next =
                    try roots.last?.updated(with: envelope)
                    ?? TrustedRoot(envelope, pinnedBy: RootPin(ofPayload: envelope.payload))
                guard next.document.version == version else {
                    problem = "roots/\(version).dsse holds version \(next.document.version)"
                    return
                }
                roots.append(next)
            } catch {
                problem = "root document \(version) does not follow: \(error)"
                return
            }
        }
    }

    /// As a commit of the state branch has them.
    package init(at commit: ObjectID, in repository: Repository) async throws {
        let files = try await repository.perform { repository in
            try repository.entries(of: commit).compactMap { entry -> (UInt64, [UInt8])? in
                guard case .rootDocument(let version)? = StateFile(path: entry.path), entry.isFile else { return nil }
                return (version, try repository.blob(entry.id, limit: StateWalk.largestRecord))
            }
        }
        self.init(Dictionary(files) { first, _ in first })
    }

    /// The version that a pin is of.
    package func version(of pin: RootPin) -> UInt64? {
        roots.first { $0.pin == pin }?.document.version
    }

    /// The documents up to a version, the newest first.
    func documents(upTo version: UInt64) -> [RootDocument] {
        roots.map(\.document).filter { $0.version <= version }.reversed()
    }
}

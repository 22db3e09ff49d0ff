internal import FoundationEssentials
internal import GitRepository
internal import Manifests
internal import OverlayNetwork
internal import Trust
internal import WireFormat

/// Reads the root documents that state commits bring, and tells what each changes. Whether they follow from one another is
/// for `cvlan verify` to say.
struct RootEntryReader {
    private let repository: Repository
    private var last: RootDocument?

    init(_ repository: Repository) {
        self.repository = repository
    }

    mutating func entries(_ step: StateStep) async throws -> [RootEntry] {
        var entries: [RootEntry] = []
        let found = step.records.compactMap { change -> (version: UInt64, id: ObjectID)? in
            guard case .rootDocument(let version)? = StateFile(path: change.path), let new = change.new else {
                return nil
            }
            return (version, new.id)
        }
        for (_, id) in found.sorted(by: { $0.version < $1.version }) {
            let bytes = try await repository.blob(id, limit: StateWalk.largestRecord)
            guard let envelope = try? WireEnvelope(serializedBytes: bytes),
                let document = try? RootDocument(payload: envelope.payload)
            else { continue }
            entries.append(
                RootEntry(
                    version: document.version, state: step.commit.id, time: step.inForce,
                    expires: Timestamp(secondsSince1970: Int64(document.expires.timeIntervalSince1970)),
                    threshold: document.threshold, mode: document.authorization.rawValue,
                    changes: Self.changes(from: last, to: document)))
            last = document
        }
        return entries
    }

    private static func changes(from old: RootDocument?, to new: RootDocument) -> [String] {
        var changes: [String] = []
        func compare(_ noun: String, _ before: Set<String>, _ after: Set<String>) {
            changes += after.subtracting(before).sorted().map { "+ \(noun) \($0)" }
            changes += before.subtracting(after).sorted().map { "- \(noun) \($0)" }
        }
        for role in RootDocument.Role.allCases {
            func keys(_ document: RootDocument?) -> Set<String> {
                Set((document?.keys ?? []).filter { $0.roles.contains(role) }.map { "\($0.id)" })
            }
            compare("\(role) key", keys(old), keys(new))
        }
        func people(_ document: RootDocument?) -> Set<String> {
            Set((document?.superadmins ?? []).flatMap { person in person.keys.map { "\(person.name): \($0)" } })
        }
        compare("superadmin", people(old), people(new))
        func authorities(_ document: RootDocument?) -> Set<String> {
            Set((document?.certificateAuthorities ?? []).map { "\(RootPin(ofPayload: $0))" })
        }
        compare("certificate authority", authorities(old), authorities(new))
        guard let old else { return changes }
        if old.threshold != new.threshold { changes.append("~ threshold \(old.threshold) → \(new.threshold)") }
        if old.authorization != new.authorization {
            changes.append("~ authorization \(old.authorization.rawValue) → \(new.authorization.rawValue)")
        }
        return changes
    }
}

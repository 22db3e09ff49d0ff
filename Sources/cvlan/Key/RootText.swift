internal import Foundation
internal import Trust

/// A root document for people: who signs what, until when, who may change anything.
struct RootText {
    private let document: RootDocument
    private let now: Date

    init(_ document: RootDocument, at now: Date) {
        self.document = document
        self.now = now
    }

    /// - Parameter whereabouts: where a key is, if that is known.
    func lines(_ whereabouts: (RootDocument.Key) -> String? = { _ in nil }) -> [String] {
        let days = Int((document.expires.timeIntervalSince(now) / 86400).rounded(.down))
        let expiry = days < 0 ? "expired" : "\(days) days left"
        let holders = document.publicKeys(for: .root).count
        var lines = [
            "root           version \(document.version), until \(Self.text(document.expires)) (\(expiry))",
            "trust domain   \(document.trustDomain)",
            "threshold      \(document.threshold) of \(holders) root keys sign the next root",
            "authorization  \(document.authorization.rawValue)",
        ]
        for person in document.superadmins {
            lines.append("superadmin     \(person.name): \(person.keys.map(Self.short).joined(separator: ", "))")
        }
        for authority in document.certificateAuthorities {
            lines.append("CA             \(RootPin(ofPayload: authority))")
        }
        lines.append("proof key      \(document.enrollmentKey)")
        lines.append("")
        var table = Table(["KEY", "ROLES", "WHERE"])
        for key in document.keys {
            let roles = RootDocument.Role.allCases.filter(key.roles.contains).map { "\($0)" }.joined(separator: ",")
            table.append([key.id.description, roles, whereabouts(key) ?? "elsewhere"])
        }
        return lines + table.lines
    }

    /// Algorithm, the end of the key, comment: enough to tell keys apart.
    private static func short(_ line: String) -> String {
        let words = line.split(separator: " ", maxSplits: 2)
        return words.enumerated().map { $0.offset == 1 ? "…\($0.element.suffix(12))" : String($0.element) }
            .joined(separator: " ")
    }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}

import Authorization
import Foundation
import GitRepository
import SSHSignatures
import TestPrograms
import Testing

/// Two tenants in one repository, and people who sign what they commit there: with the real git, by keys that the real
/// ssh-keygen has made.
struct Company {
    /// Root is the superadmin; alice, bob and rita are acme's admin, member and reader; beth is beta's admin; mallory is nobody.
    enum Person: String, CaseIterable {
        case root, alice, bob, rita, beth, mallory
    }

    let scratch: Scratch
    let bare: String
    let work: WorkTree
    /// What everyone agrees on, before each attack.
    let honest: ObjectID

    init() throws {
        scratch = try Scratch()
        (bare, work) = try scratch.makePair()
        for person in Person.allCases {
            try Command.run(
                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person.rawValue, "-f",
                scratch.file(person.rawValue))
        }
        honest = try Self.commit(Self.manifests(scratch), by: .root, "begin", in: work, scratch)
        try work.push("main")
    }

    // MARK: - Manifests

    static let acme = "tenants/acme/tenant.yaml"
    static let office = "tenants/acme/office.yaml"
    static let printer = "tenants/acme/printer.yaml"
    static let beta = "tenants/beta/tenant.yaml"
    static let lab = "tenants/beta/lab.yaml"

    private static func manifests(_ scratch: Scratch) throws -> [String: String?] {
        [
            acme: try tenant("acme", [(.alice, "admin"), (.bob, "member"), (.rita, "readonly")], scratch),
            office: manifest("CVLAN", "acme", "office", "cidrs: [10.1.0.0/24]"),
            printer: manifest("Node", "acme", "printer", "networks: [{ cvlan: office }]"),
            beta: try tenant("beta", [(.beth, "admin")], scratch),
            lab: manifest("CVLAN", "beta", "lab", "cidrs: [10.1.0.0/24]"),
        ]
    }

    func tenant(_ name: String, _ members: [(Person, String)], _ more: String = "") throws -> String {
        try Self.tenant(name, members, scratch) + more
    }

    private static func tenant(_ name: String, _ members: [(Person, String)], _ scratch: Scratch) throws -> String {
        let lines = try members.map { person, role in
            let key = try String(contentsOfFile: scratch.file("\(person.rawValue).pub"), encoding: .utf8)
            return
                "    - { name: \(person.rawValue), role: \(role), keys: [\"\(key.trimmingCharacters(in: .newlines))\"] }\n"
        }
        return "apiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { name: \(name) }\nspec:\n  members:\n"
            + lines.joined()
    }

    static func manifest(_ kind: String, _ tenant: String, _ name: String, _ spec: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: \(kind)
        metadata: { tenant: \(tenant), name: \(name) }
        spec: { \(spec) }

        """
    }

    static func node(_ tenant: String, _ name: String) -> String {
        manifest("Node", tenant, name, "networks: [{ cvlan: \(tenant == "acme" ? "office" : "lab") }]")
    }

    // MARK: - Git

    /// Commits files on what is checked out; `nil` removes one. Without a person, unsigned.
    @discardableResult
    func commit(_ files: [String: String?], by person: Person?, _ message: String = "change") throws -> ObjectID {
        try Self.commit(files, by: person, message, in: work, scratch)
    }

    private static func commit(
        _ files: [String: String?], by person: Person?, _ message: String, in work: WorkTree, _ scratch: Scratch
    ) throws -> ObjectID {
        for (path, text) in files {
            if let text { try work.write(path, text) } else { try work.git("rm", "-q", path) }
        }
        try work.git("add", "-A")
        try git(["commit", "-q", "--allow-empty", "-m", message], by: person, in: work, scratch)
        return try work.head()
    }

    /// Runs git as somebody who signs, or as nobody.
    @discardableResult
    func git(_ arguments: [String], by person: Person?) throws -> ObjectID {
        try Self.git(arguments, by: person, in: work, scratch)
        return try work.head()
    }

    private static func git(
        _ arguments: [String], by person: Person?, in work: WorkTree, _ scratch: Scratch
    ) throws {
        let name = person?.rawValue ?? "somebody"
        // As `git commit -S` would be told by the person's own configuration.
        let signing =
            person.map { ["-c", "gpg.format=ssh", "-c", "user.signingkey=\(scratch.file($0.rawValue))"] }
            ?? []
        let sign = ["-c", "commit.gpgsign=\(person != nil)", "-c", "user.name=\(name)"]
        try Command.run(arguments: ["git", "-C", work.path] + signing + sign + arguments)
    }

    // MARK: - Keys

    func key(of person: Person) throws -> SSHKey {
        try SSHKeyLine(
            String(contentsOfFile: scratch.file("\(person.rawValue).pub"), encoding: .utf8)
                .trimmingCharacters(in: .newlines)
        ).key
    }

    func fingerprint(of person: Person) throws -> String { try key(of: person).fingerprint }

    var authority: RootAuthority {
        get throws { RootAuthority(superadmins: ["root": [try key(of: .root)]]) }
    }

    // MARK: - Judging

    struct Outcome {
        let verdicts: [CommitVerdict]
        let accepted: AcceptedState

        /// What is said of a commit, without the key that it was signed by.
        func refusals(of commit: ObjectID) -> [String] {
            verdicts.filter { $0.commit == commit }.flatMap(\.refusals).map(\.description)
        }
    }

    /// What everyone who has the root and the repository comes to.
    func judged(_ tip: ObjectID? = nil) async throws -> Outcome {
        let repository = try Repository(localAt: work.path)
        var book = ApprovalBook()
        try await book.read(from: repository, state: nil)
        var judge = HistoryJudge(root: try authority, approvals: Approvals(book))
        let end = if let tip { tip } else { try work.id("main") }
        let verdicts = try await judge.advance(to: end, in: repository)
        return Outcome(verdicts: verdicts, accepted: judge.accepted)
    }
}

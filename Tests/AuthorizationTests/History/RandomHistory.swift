import Authorization
import GitRepository
import SSHSignatures
import TestRandom

/// A history of any shape that honest people and others make together. A resource is a file of its own, and each of its
/// versions a number that grows wherever somebody honest changes it.
struct RandomHistory {
    var test: TestHistory
    var random: SeededRandom
    /// Where somebody left off.
    private(set) var tips: [ObjectID]
    private(set) var main: ObjectID
    /// What main went over.
    private(set) var mainLine: [ObjectID]
    /// Versions that somebody wrote who may not.
    private(set) var forged: Set<Int> = []
    private var version = 1
    let hasAttackers: Bool
    /// Whether people get roles and lose them; and then anybody signs anything.
    let hasRoles: Bool
    /// By version of the tenant.
    private(set) var roles: [Int: Roles] = [-1: Roles()]

    /// Alice is always its admin.
    struct Roles {
        var isBobMember = true
        var isRitaMember = false
    }

    static let nodes = ["n0", "n1", "n2", "n3"]
    static let tenant = "tenant"

    var names: [String] { hasRoles ? Self.nodes + [Self.tenant] : Self.nodes }

    init(seed: UInt64, hasAttackers: Bool, hasRoles: Bool = false) throws {
        random = SeededRandom(seed)
        self.hasAttackers = hasAttackers
        self.hasRoles = hasRoles
        test = try TestHistory()
        let files = Dictionary(uniqueKeysWithValues: Self.nodes.map { (Self.path($0), Self.node($0, 0)) })
        let first = try test.history.commit(files.mapValues { $0 }, on: [test.first], by: test.organization.bob)
        (main, tips, mainLine) = (first, [first], [first])
    }

    static func path(_ name: String) -> String { name == tenant ? Organization.tenantPath : "\(name).yaml" }

    private func text(_ name: String, _ version: Int) -> String {
        guard name == Self.tenant else { return Self.node(name, version) }
        let roles = roles[version] ?? Roles()
        let text = test.organization.acme([
            "bob": roles.isBobMember ? "member" : "readonly", "rita": roles.isRitaMember ? "member" : "readonly",
        ])
        return version < 0
            ? test.organization.files[Self.path(name)] ?? ""
            : text.replacing("spec:\n", with: "spec:\n  displayName: \"\(version)\"\n")
    }

    static func node(_ name: String, _ version: Int) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: \(name), labels: { version: "\(version)" } }
        spec: { networks: [{ cvlan: office }] }

        """
    }

    func version(_ name: String, at commit: ObjectID) -> Int {
        let text = test.history.files(commit)[Self.path(name)] ?? ""
        return text.split(separator: "\"").dropFirst().first.flatMap { Int($0) } ?? -1
    }

    // MARK: - Steps

    mutating func step() throws {
        let isEvil = hasAttackers && random.chance(1, in: 2)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: try write(on: anyTip(), isEvil)
        case 2: try write(on: main, isEvil, ontoMain: true)
        case 3: try merge(anyTip(), anyCommit(), isEvil, ontoMain: false)
        default: try merge(main, anyTip(), isEvil, ontoMain: true)
        }
    }

    private mutating func anyTip() -> ObjectID { tips.randomElement(using: &random) ?? main }

    private mutating func anyCommit() -> ObjectID { test.history.order.randomElement(using: &random) ?? main }

    private mutating func write(on parent: ObjectID, _ isEvil: Bool, ontoMain: Bool = false) throws {
        guard let name = names.randomElement(using: &random) else { return }
        var edits: [String: String?] = [:]
        let written = isEvil ? evilVersion(name) : nextVersion(of: name)
        edits[Self.path(name)] = text(name, written)
        try add(test.history.commit(edits, on: [parent], by: signer(isEvil)), ontoMain)
    }

    private mutating func merge(_ ours: ObjectID, _ theirs: ObjectID, _ isEvil: Bool, ontoMain: Bool) throws {
        guard ours != theirs else { return }
        var parents = [ours, theirs]
        // Some call the other side their first parent.
        if isEvil, random.chance(1, in: 3) { parents.reverse() }
        if random.chance(1, in: 8) { parents.append(anyCommit()) }
        guard Set(parents).count == parents.count else { return }
        // Main's last commit has to be in what is main then.
        var edits: [String: String?] = [:]
        for name in names {
            if isEvil {
                guard random.chance(1, in: 3) else { continue }
                let written = evilVersion(name)
                edits[Self.path(name)] = text(name, written)
            } else {
                // Who is honest takes the newest that there ever was, and is not forged, and signs that.
                let versions = test.history.ancestors(parents).map { version(name, at: $0) }
                    .filter { !forged.contains($0) }
                let written = versions.max() ?? nextVersion(of: name)
                edits[Self.path(name)] = text(name, written)
            }
        }
        try add(test.history.commit(edits, on: parents, by: signer(isEvil)), ontoMain)
    }

    private mutating func add(_ commit: ObjectID, _ ontoMain: Bool) {
        if ontoMain {
            main = commit
            mainLine.append(commit)
        }
        tips.append(commit)
        if tips.count > 5 { tips.removeFirst() }
    }

    /// An old version, or one that is made up.
    private mutating func evilVersion(_ name: String) -> Int {
        if random.chance(1, in: 2) { return version(name, at: anyCommit()) }
        let version = nextVersion(of: name)
        forged.insert(version)
        return version
    }

    private mutating func nextVersion(of name: String) -> Int {
        version += 1
        if name == Self.tenant {
            roles[version] = Roles(
                isBobMember: random.chance(1, in: 2), isRitaMember: random.chance(1, in: 2))
        }
        return version
    }

    private mutating func signer(_ isEvil: Bool) -> SSHPrivateKey? {
        let organization = test.organization
        guard !hasRoles else {
            let all = [organization.alice, organization.alice, organization.bob, organization.rita, nil]
            return all.randomElement(using: &random) ?? nil
        }
        guard isEvil else { return random.chance(1, in: 2) ? organization.bob : organization.alice }
        return [nil, organization.stranger, organization.rita].randomElement(using: &random) ?? nil
    }
}

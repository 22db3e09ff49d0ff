import Lint
import Manifests

/// What is said of a tenant `acme` by a whole run, with `§1`, `§2`, … in place of places, as `lint` has them.
func run(_ documents: [String], tenant: String = "", at time: Timestamp = now) -> [Finding] {
    let head = "kind: Tenant, metadata: { name: acme }\(tenant.isEmpty ? "" : ", spec: { \(tenant) }")"
    let text = ([head] + documents).map { "--- { apiVersion: cvlan.io/v1, \($0) }\n" }.joined()
    let file = ManifestLoader().load(path: "t.yaml", bytes: Array(text.utf8))
    return LintRun.findings(in: ManifestSet(files: [file]), at: time)
}

/// A network `office` with both families and some nodes, and one `lab` with two others.
enum Trial {
    static let documents = [
        network("office", "cidrs: [10.0.0.0/24, \"fd00::/64\"]"), network("lab", "cidrs: [10.1.0.0/24]"),
        labelled("eng-1", "office", "team: eng"), labelled("eng-2", "office", "team: eng, os: linux"),
        labelled("db", "office", "app: db"), labelled("printer", "office", "kind: printer"),
        labelled("robot", "lab", "kind: robot"), labelled("bench", "lab", "kind: bench"),
    ]

    static func labelled(_ name: String, _ cvlan: String, _ labels: String, _ spec: String = "") -> String {
        "kind: Node, metadata: { tenant: acme, name: \(name), labels: { \(labels) } }, "
            + "spec: { networks: [{ cvlan: \(cvlan) }]\(spec.isEmpty ? "" : ", \(spec)") }"
    }

    /// A policy `p` with rules `a`, `b`, `c`, … in the order given.
    static func rules(_ rules: [String], cvlan: String? = "office", more: String = "") -> String {
        let list = rules.enumerated().map { index, rule in
            "{ name: \(Character(UnicodeScalar(UInt8(97 + index)))), \(rule) }"
        }
        let scope = cvlan.map { "cvlan: \($0), " } ?? ""
        return policy("p", "\(scope)rules: [\(list.joined(separator: ", "))]\(more)")
    }

    /// Codes with the names of the rules that they are about, and messages.
    static func findings(
        _ rules: String..., cvlan: String? = "office", also: [String] = [], tenant: String = ""
    ) -> [String] {
        let text = Self.rules(rules, cvlan: cvlan)
        return run(documents + also + [text], tenant: tenant).map { "\($0.code.rawValue) \($0.message)" }
    }
}

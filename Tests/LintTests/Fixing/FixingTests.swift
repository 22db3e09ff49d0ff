import Foundation
import Lint
import Manifests
import Testing

/// A folder that is gone when the test is over.
final class FixFolder {
    let path = NSTemporaryDirectory() + "fix-\(UUID().uuidString)"

    init(_ files: [String: [UInt8]]) throws {
        for (file, bytes) in files {
            let url = URL(fileURLWithPath: "\(path)/\(file)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
    }

    convenience init(_ files: [String: String]) throws { try self.init(files.mapValues { Array($0.utf8) }) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")))
    }

    func text(_ file: String) throws -> String { String(decoding: try bytes(file), as: UTF8.self) }

    func files() throws -> [ManifestFile] { try FolderReader().read(path) }

    func fix(_ level: Fix.Safety, _ files: [ManifestFile]? = nil) throws -> Fixing {
        Fixing(try files ?? self.files(), level) { LintRun.findings(in: ManifestSet(files: $0), at: now) }
    }
}

struct FixingTests {
    private static let head =
        "{ apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: acme } }\n---\n"
        + "{ apiVersion: cvlan.io/v1, kind: CVLAN, metadata: { tenant: acme, name: office }, spec: { cidrs: [10.0.0.0/24] } }\n"

    private static func node(_ spec: String) -> String {
        head + "---\napiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: acme, name: pc }\nspec:\n\(spec)"
    }

    @Test func safeFixesAreWrittenAndAllElseStays() throws {
        let text = Self.node(
            "  role: Client   # the boss's\n\n  networks:   [ { cvlan: office, addresses: [ \"10.0.0.7\" ] } ] # é\n"
                + "  # cvlan: ignore CV112 it has not\n  expires: 2099-01-01t00:00:00z # cvlan: ignore CV113 nor this\n"
                + "  protocol:\t'WireGuard'")
        let mended = Self.node(
            "  role: client   # the boss's\n\n  networks:   [ { cvlan: office, addresses: [ \"10.0.0.7\" ] } ] # é\n"
                + "  expires: 2099-01-01T00:00:00Z\n  protocol:\t'wireguard'")
        let folder = try FixFolder(["a.yaml": text])
        let fixing = try folder.fix(.safe)
        #expect(try folder.text("a.yaml") == mended)
        #expect(fixing.written == [folder.path + "/a.yaml"])
        #expect(fixing.failures == [])
        #expect(fixing.fixed.map(\.code.rawValue) == ["CV007", "CV017", "CV021", "CV017", "CV007"])
        #expect(try folder.fix(.suggested).written == [])
    }

    @Test(arguments: ["\n", "\r\n", "\r"], [[UInt8](), [0xEF, 0xBB, 0xBF]])
    func lineEndsAndByteOrderMarkStay(lineEnd: String, mark: [UInt8]) throws {
        func bytes(_ text: String) -> [UInt8] { mark + Array(text.replacing("\n", with: lineEnd).utf8) }
        let text = "# cvlan: ignore CV112 é\n" + Self.node("  # ä\n  role: CLIENT # ö\n")
        let folder = try FixFolder(["a.yaml": bytes(text)])
        #expect(try folder.fix(.safe).fixed.count == 2)
        #expect(try folder.bytes("a.yaml") == bytes(Self.node("  # ä\n  role: client # ö\n")))
    }

    @Test func suggestionsAreWrittenOnlyWhenAsked() throws {
        let folder = try FixFolder([
            "a.yaml": Self.node("  networks: [{ cvlan: ofice }]\n  rolle: client\n"),
            "b.json":
                "{\"apiVersion\":\"cvlan.io/v1\",\"kind\":\"Node\",\"metadata\":{\"tenant\":\"acme\",\"name\":\"PC_2\"},\n"
                + "\"spec\":{\"networks\":[{\"cvlan\":\"office\"}]}}",
        ])
        #expect(try folder.fix(.safe).written == [])
        let fixing = try folder.fix(.suggested)
        #expect(fixing.written.count == 2)
        #expect(try folder.text("a.yaml") == Self.node("  networks: [{ cvlan: office }]\n  role: client\n"))
        #expect(try folder.text("b.json").contains("\"name\":\"pc-2\"},\n\"spec\""))
        #expect(LintRun.findings(in: ManifestSet(files: fixing.files), at: now) == [])
    }

    @Test func whatOneFixBringsToLightIsMendedToo() throws {
        let policy = """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: web }
            spec:
              rules:
                - { action: Allow, from: [{ node: pcc }], to: [{ any: "true" }], ports: [TCP/443, 443, tcp/443] }
            """
        let folder = try FixFolder(["a.yaml": Self.node("  networks: [{ cvlan: office }]"), "p.yaml": policy])
        let fixing = try folder.fix(.suggested)
        #expect(
            try folder.text("p.yaml").hasSuffix(
                "- { action: allow, from: [{ node: pc }], to: [{ any: true }], ports: [tcp/443] }"))
        #expect(fixing.fixed.count == 7)
    }

    @Test func aFileThatHasChangedIsLeftAlone() throws {
        let folder = try FixFolder(["a.yaml": Self.node("  role: Client\n")])
        let files = try folder.files()
        let other = Self.node("  role:  Client\n")
        try Data(other.utf8).write(to: URL(fileURLWithPath: folder.path + "/a.yaml"))
        let fixing = try folder.fix(.safe, files)
        #expect(fixing.failures.map(\.description) == ["\(folder.path)/a.yaml: changed since it was read"])
        #expect(fixing.written == [] && fixing.fixed == [])
        #expect(try folder.text("a.yaml") == other)
    }

    @Test func aSymbolicLinkIsNotFollowed() throws {
        let folder = try FixFolder(["a/a.yaml": Self.node("  role: Client\n")])
        let link = folder.path + "/link.yaml"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a/a.yaml")
        let fixing = try folder.fix(.safe, try FolderReader().read(link))
        #expect(fixing.failures.map(\.path) == [link])
        #expect(try folder.text("a/a.yaml") == Self.node("  role: Client\n"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "a/a.yaml")
    }

    @Test func theModeStaysAndNothingElseIsLeftBehind() throws {
        let folder = try FixFolder(["a.yaml": Self.node("  role: Client\n")])
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path + "/a.yaml")
        #expect(try folder.fix(.safe).written.count == 1)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/a.yaml")
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.yaml"])
    }

    @Test func aFixThatMakesItWorseIsNotWritten() throws {
        let text = Self.node("  role: client\n")
        let folder = try FixFolder(["a.yaml": text])
        let fixing = Fixing(try folder.files(), .safe) { files in
            let span = SourceSpan(file: files[0].source, line: 7, column: 9, length: 6)
            return [Finding(.badChoice, at: span, "x", tenant: nil, fixes: [.replace(span, with: "[", "y", .safe)])]
        }
        #expect(fixing.failures.map(\.reason) == ["its fixes would leave it with more errors"])
        #expect(try folder.text("a.yaml") == text)
    }

    @Test func manyFixesInOneFile() throws {
        let comments = String(repeating: "# cvlan: ignore CV112 x\n", count: 900)
        let keys = (0..<5000).map { "k\($0): No" }.joined(separator: ", ")
        let text =
            comments + "{ apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: acme, annotations: { \(keys) } } }"
        let folder = try FixFolder(["a.yaml": text])
        let fixing = try folder.fix(.safe)
        #expect(fixing.fixed.count == 900 + 5000)
        #expect(try folder.text("a.yaml").count == text.count - comments.count + 2 * 5000)
    }
}

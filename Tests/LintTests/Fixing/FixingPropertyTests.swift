import Foundation
import Lint
import Manifests
import TestRandom
import Testing

/// Whatever is wrong with a repository: mending it once is enough, and touches nothing but what it mends.
struct FixingPropertyTests {
    private static let clean = """
        # The office of Acme.
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        spec:
          groups: [{ name: engineering, members: [{ labels: { team: eng } }] }]
          defaults: { action: deny, protocol: wireguard }
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec:
          cidrs: [10.100.0.0/24, "fd64:100::/64"]   # both
          mtu: 1420
          keepalive: 25s
          reserved: [10.100.0.3-10.100.0.7, 10.100.0.200/29]
        ---
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: laptop-1, labels: { team: eng } }
        spec:
          role: client
          networks:
            - cvlan: office   # cvlan: ignore CV113 kept
              addresses: [10.100.0.10]
          routes:
            - { prefix: 10.1.0.0/24, nat: none, priority: 50 }
          expires: 2027-06-30T00:00:00Z
        ---
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: web }
        spec:
          cvlan: office
          rules:
            - action: allow
              from: [{ group: engineering }]
              to: [{ node: laptop-1 }]
              ports: [tcp/443, udp/53]
        """

    /// What people get wrong.
    private static let mistakes = [
        ("client", "Client"), ("client", "clint"), ("allow", "\"ALLOW\""), ("mtu: 1420", "mtu: '1420'"), ("25s", "25"),
        ("tcp/443", "TCP/443"), ("tcp/443", "443, 443"), ("10.1.0.0/24", "10.1.0.7/24"), ("office", "Office"),
        ("fd64:100::/64", "FD64:0100::/64"), ("role:", "rolle:"), ("kind: Node", "kind: node"), ("eng }", "no }"),
        ("2027-06-30T00:00:00Z", "2027-06-30"), ("laptop-1", "laptop_1"), ("engineering", "enginering"),
        ("udp/53", "tcp/443"), ("50", "\"50\""), ("none", "NONE"), ("name: acme", "name: 77"), ("wireguard", "ipsec "),
        ("\n", "\r\n"), ("office", "ofice"), ("spec:", "spec: # é"), ("[", "[\n"), ("}", "] }"),
    ]

    @Test(arguments: 0..<60)
    func mendingOnceIsEnough(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        var text = Self.clean
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let (right, wrong) = Self.mistakes.randomElement(using: &random) ?? ("", "")
            let places = text.ranges(of: right)
            if let place = places.randomElement(using: &random) { text.replaceSubrange(place, with: wrong) }
        }
        let folder = try FixFolder(["a.yaml": text])
        let level: Fix.Safety = seed % 2 == 0 ? .safe : .suggested
        let before = LintRun.findings(in: ManifestSet(files: try folder.files()), at: now)
        let fixing = try folder.fix(level)
        let after = LintRun.findings(in: ManifestSet(files: try folder.files()), at: now)
        // What is in memory is what is on the disk.
        #expect(LintRun.findings(in: ManifestSet(files: fixing.files), at: now) == after)
        #expect(fixing.written.isEmpty == fixing.fixed.isEmpty)
        #expect(fixing.fixed.isEmpty || before != after)
        if fixing.failures.isEmpty {
            #expect(after.allSatisfy { $0.fixes.allSatisfy { level == .safe && $0.safety != .safe } })
        }
        #expect(try folder.fix(level).written == [])
        try expectUntouched(text, try folder.text("a.yaml"), except: Set(fixing.fixed.map(\.span.line)))
    }

    /// Lines that nothing was mended on are there still, byte by byte.
    private func expectUntouched(_ old: String, _ new: String, except mended: Set<Int32>) throws {
        let lines = [old, new].map { $0.utf8.split(separator: 10, omittingEmptySubsequences: false).map(String.init) }
        try #require(lines[0].count == lines[1].count)
        for (index, pair) in zip(lines[0], lines[1]).enumerated() where !mended.contains(Int32(index + 1)) {
            #expect(pair.0 == pair.1)
        }
    }

    @Test(arguments: CorpusFolder.all)
    func noRepositoryOfTheCorpusGetsWorse(_ corpus: CorpusFolder) throws {
        let folder = try FixFolder(try files(in: "repo", of: corpus))
        let before = LintRun.findings(in: ManifestSet(files: try folder.files()), at: now)
        let fixing = try folder.fix(.suggested)
        let after = LintRun.findings(in: ManifestSet(files: fixing.files), at: now)
        #expect(after.count { $0.severity == .error } <= before.count { $0.severity == .error })
        #expect(try folder.fix(.suggested).written == [])
    }

    /// Some repositories come with what they are to become.
    @Test(arguments: CorpusFolder.all.filter { $0.testDescription.hasPrefix("fixes-") })
    func repositoriesBecomeWhatTheyShould(_ corpus: CorpusFolder) throws {
        for (level, name) in [(Fix.Safety.safe, "expected-fixed"), (.suggested, "expected-suggested")] {
            let expected = try files(in: name, of: corpus)
            #expect(!expected.isEmpty)
            let folder = try FixFolder(try files(in: "repo", of: corpus))
            let fixing = try folder.fix(level)
            #expect(fixing.failures == [])
            for (path, bytes) in expected {
                #expect(try folder.text(path) == String(decoding: bytes, as: UTF8.self), "\(name)/\(path)")
            }
        }
    }

    private func files(in name: String, of corpus: CorpusFolder) throws -> [String: [UInt8]] {
        let folder = corpus.url.appending(path: name)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter(ManifestLoader.isManifest)
        return Dictionary(
            uniqueKeysWithValues: try paths.map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) })
    }
}

import Addressing
import Manifests
import OverlayNetwork
import TestRandom
import Testing

@Suite struct StateCodecTests {
    private func sample() throws -> PublishedState {
        let digest = try #require(ContentDigest(String(repeating: "0a", count: 32)))
        let node = NodeState(
            addresses: [try address("10.0.0.1"), try address("fd00::1")], generation: 3, sourceCommit: try commit(2),
            digest: digest)
        let office = CVLANState(
            cidrs: [try prefix("10.0.0.0/24"), try prefix("fd00::/64")], nodes: ["b": node, "a": node])
        return PublishedState(
            height: 7, sourceCommit: try commit(5), evaluationTime: noon,
            tenants: [
                "acme": TenantState(
                    sourceCommit: try commit(4), cvlans: ["office": office, "empty": CVLANState(cidrs: [])])
            ])
    }

    private func read(_ files: [String: [UInt8]]) throws -> PublishedState {
        try PublishedState(files: files.map { (path: $0.key, bytes: $0.value) })
    }

    private func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    @Test func filesAreAsDocumented() throws {
        let files = try sample().files
        #expect(
            files.keys.sorted() == [
                "state.json", "tenants/acme/cvlans/empty.json", "tenants/acme/cvlans/office.json",
                "tenants/acme/tenant.json",
            ])
        #expect(
            text(files["state.json"]) == """
                {
                  "apiVersion": "cvlan.io/v1",
                  "evaluationTime": "2027-01-15T08:00:00Z",
                  "height": 7,
                  "sourceCommit": "0000000000000000000000000000000000000005"
                }

                """)
        #expect(
            text(files["tenants/acme/tenant.json"]) == """
                {
                  "sourceCommit": "0000000000000000000000000000000000000004"
                }

                """)
        #expect(
            text(files["tenants/acme/cvlans/office.json"]).hasPrefix(
                """
                {
                  "cidrs": ["10.0.0.0/24", "fd00::/64"],
                  "nodes": {
                    "a": {
                      "addresses": ["10.0.0.1", "fd00::1"],
                      "digest": "0a0a
                """))
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let state = try sample()
        #expect(try read(state.files) == state)
        #expect(try read([:]) == .none)
        #expect(PublishedState.none.files.isEmpty)
    }

    @Test func theBytesDoNotDependOnTheOrderOfDictionaries() throws {
        let state = try sample()
        var rebuilt = state
        for _ in 0..<20 {
            rebuilt.tenants["acme"]?.cvlans["office"]?.nodes = Dictionary(
                uniqueKeysWithValues: (state.tenants["acme"]?.cvlans["office"]?.nodes ?? [:]).shuffled())
            #expect(rebuilt.files == state.files)
        }
    }

    @Test(arguments: [
        ("README", "hello", StateFileError.Code.unexpectedFile),
        ("tenants/acme/other.json", "{}", .unexpectedFile),
        ("tenants/acme/cvlans/../x.json", "{}", .unexpectedFile),
        ("tenants/Acme/tenant.json", "{}", .unexpectedFile),
        ("tenants/ghost/cvlans/office.json", "{\n  \"cidrs\": [],\n  \"nodes\": {}\n}\n", .missingFile),
        ("state.json", "", .malformed),
        ("state.json", "{", .malformed),
        ("state.json", "{\"a\": 1, \"a\": 1}", .malformed),
        ("state.json", "{\"a\": 01}", .malformed),
        ("state.json", "{\"a\": -1}", .malformed),
        ("state.json", "{\"a\": 99999999999999999999}", .malformed),
        ("state.json", "{\"a\": \"\\x\"}", .malformed),
        ("state.json", "{\"a\": \"\n\"}", .malformed),
        ("state.json", "{\"a\": null}", .malformed),
        ("state.json", "{} {}", .malformed),
        ("state.json", String(repeating: "[", count: 100_000), .malformed),
        ("state.json", "{}", .badField),
        ("tenants/acme/tenant.json", "[]", .badField),
        ("tenants/acme/tenant.json", "{\"sourceCommit\": 1}", .badField),
        ("tenants/acme/tenant.json", "{\"sourceCommit\": \"main\"}", .badField),
        ("tenants/acme/tenant.json", "{\"sourceCommit\": \"\(String(repeating: "A", count: 40))\"}", .badField),
        ("tenants/acme/cvlans/empty.json", "{\"cidrs\": [\"10.0.0.0\"], \"nodes\": {}}", .badField),
        ("tenants/acme/cvlans/empty.json", "{\"cidrs\": [], \"nodes\": {}, \"more\": 1}", .badField),
        ("tenants/acme/cvlans/empty.json", "{\"cidrs\": [], \"nodes\": {\"A\": {}}}", .badField),
        ("tenants/acme/cvlans/empty.json", "{\"cidrs\": [], \"nodes\": {}}", .notCanonical),
    ])
    func filesThatTheControllerDoesNotWriteAreRefused(
        path: String, content: String, code: StateFileError.Code
    ) throws {
        var files = try sample().files
        files[path] = Array(content.utf8)
        let error = #expect(throws: StateFileError.self) { try read(files) }
        #expect(error?.code == code)
        #expect(error?.path.isEmpty == false)
    }

    @Test func aHeightOfNothingAndAnUnknownVersionAreRefused() throws {
        var files = try sample().files
        let root = text(files["state.json"])
        files["state.json"] = Array(root.replacing("cvlan.io/v1", with: "cvlan.io/v9").utf8)
        #expect(throws: StateFileError.self) { try read(files) }
        files["state.json"] = Array(root.replacing("\"height\": 7", with: "\"height\": 0").utf8)
        #expect(throws: StateFileError.self) { try read(files) }
        files["state.json"] = nil
        #expect(throws: StateFileError.self) { try read(files) }
    }

    /// Whatever bytes a file has, reading ends with a state or an error.
    @Test func randomDamageNeverTraps() throws {
        let files = try sample().files
        let paths = files.keys.sorted()
        for seed in 1...3000 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            var damaged = files
            let path = try #require(paths.randomElement(using: &random))
            var bytes = try #require(files[path])
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                if Bool.random(using: &random) {
                    bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                } else {
                    bytes.remove(at: index)
                }
            }
            damaged[path] = bytes
            if let state = try? read(damaged) { #expect(state.files == damaged, "seed \(seed)") }
        }
    }
}

import Manifests
import TestRandom
import Testing

/// Whatever is done to a file, it is read or refused, and what is wrong lies inside the file.
struct MutationTests {
    @Test(arguments: 0..<40)
    func mutatedManifestsNeverTrap(seed: UInt64) {
        var random = SeededRandom(seed)
        let pieces = [
            "[", "]", "{", "}", ":", ": ", "- ", "\n", "  ", "\t", "\"", "'", "|", ">", "&a ", "*a", "!!str ", "---\n",
            "...",
            "? ", "%YAML 1.2\n", "#", "\u{FEFF}", "\u{85}", "~", "0x", "<<", ",", "\\u",
        ].map { Array($0.utf8) }
        for _ in 0..<100 {
            var bytes = Array(Sample.all.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let start = Int.random(in: 0...bytes.count, using: &random)
                let end = min(bytes.count, start + Int.random(in: 0...8, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.removeSubrange(start..<end)
                case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: start)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: start)
                default:
                    bytes.insert(
                        contentsOf: Array(bytes[start..<end]), at: bytes.indices.randomElement(using: &random) ?? 0)
                }
            }
            let lines =
                bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") || $0 == 0x85 || $0 == 0xE2 } + 2
            for path in ["x.yaml", "x.json"] {
                let file = ManifestLoader().load(path: path, bytes: bytes)
                for problem in file.problems {
                    #expect((1...lines).contains(Int(problem.span.line)) && problem.span.column >= 1)
                    #expect(!problem.message.contains("\n") && !problem.message.isEmpty)
                }
                #expect(ManifestLoader().load(path: path, bytes: bytes).problems == file.problems)
            }
        }
    }

    @Test(arguments: 0..<20)
    func randomBytesNeverTrap(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : Array("[]{}:,-\"'\\ \n&*!|>#u".utf8).randomElement(using: &random) ?? 0
            }
            for path in ["x.yaml", "x.json"] {
                #expect(ManifestLoader().load(path: path, bytes: bytes).resources == [])
            }
        }
    }
}

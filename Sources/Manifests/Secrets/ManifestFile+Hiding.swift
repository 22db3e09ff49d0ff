extension ManifestFile {
    /// Takes out of all messages what could be a secret, and the fixes that would write it anew: reports are read by more
    /// people than manifests.
    mutating func hideSecrets(in bytes: [UInt8]) {
        guard !problems.isEmpty || remarks.contains(where: { $0.kind != .plainSecret }) else { return }
        let hiding = Hiding(remarks.contains { $0.kind == .plainSecret } ? bytes : [])
        for index in problems.indices {
            let problem = problems[index]
            problems[index] = ManifestProblem(
                problem.kind, at: problem.span, hiding.masked(problem.message), tenant: problem.tenant,
                fixes: problem.fixes.filter(hiding.allows))
        }
        for index in remarks.indices where remarks[index].kind != .plainSecret {
            let remark = remarks[index]
            remarks[index] = ManifestRemark(
                remark.kind, at: remark.span, hiding.masked(remark.message), tenant: remark.tenant,
                fixes: remark.fixes.filter(hiding.allows))
        }
    }
}

/// The secrets of a file, as they could be cited.
private struct Hiding {
    /// As short as a secret can be: what is cited of one begins like it.
    private static let fewest = 8
    private static let mostSecrets = 100

    private let secrets: [[UInt8]]

    init(_ bytes: [UInt8]) {
        secrets = HiddenText.ranges(in: bytes).prefix(Self.mostSecrets).map { Array(bytes[$0]) }
    }

    func allows(_ fix: Fix) -> Bool {
        ([fix.title] + fix.edits.map(\.text)).allSatisfy { masked($0) == $0 }
    }

    /// A message cites the beginning of a value, or all of it.
    func masked(_ message: String) -> String {
        var text = HiddenText.masked(message)
        for secret in secrets where secret.count >= Self.fewest {
            let letters = Array(text.utf8)
            guard let start = letters.firstIndex(of: secret.prefix(Self.fewest)) else { continue }
            let length = zip(letters[start...], secret).prefix { $0 == $1 }.count
            text = String(
                decoding: letters[..<start] + Array(HiddenText.mask.utf8) + letters[(start + length)...], as: UTF8.self)
        }
        return text
    }
}

extension [UInt8] {
    fileprivate func firstIndex(of word: ArraySlice<UInt8>) -> Int? {
        guard count >= word.count else { return nil }
        return (0...count - word.count).first { self[$0] == word.first && self[$0...].starts(with: word) }
    }
}

extension ManifestRemark {
    /// The secrets of a file. No message has one: logs of CI are read by many.
    static func secrets(in bytes: [UInt8], of source: SourceFile, limits: ManifestLimits) -> [ManifestRemark] {
        let matches = SecretScanner.matches(in: bytes, mostMatches: limits.problemsPerFile)
        guard !matches.isEmpty else { return [] }
        var rest = matches[...]
        var remarks: [ManifestRemark] = []
        for (number, line) in SourceLines(bytes, path: source.path).enumerated() {
            // Counted on from one match to the next: a line may be megabytes with a thousand of them.
            var (counted, column) = (line.content.lowerBound, 1)
            while let match = rest.first, match.range.lowerBound < line.next {
                rest = rest.dropFirst()
                column += bytes[counted..<match.range.lowerBound].scalars
                counted = match.range.lowerBound
                let span = SourceSpan(
                    file: source, line: number + 1, column: column, length: bytes[match.range].scalars)
                remarks.append(ManifestRemark(.plainSecret, at: span, message(match)))
            }
            if rest.isEmpty { break }
        }
        return remarks
    }

    private static func message(_ match: SecretScanner.Match) -> String {
        let isWhole = match.shown.utf8.count == match.range.count
        let what = match.shown.isEmpty ? match.what : "`\(match.shown)\(isWhole ? "" : "…")` is \(match.what)"
        return "\(what) in plain text: whoever reads the repository has it; replace it, and keep the new one out of git"
    }
}

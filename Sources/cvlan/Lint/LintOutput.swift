internal import ArgumentParser
internal import Lint

extension LintFormat: ExpressibleByArgument {}

/// Where a report goes to: `sarif=lint.sarif`; `-` is standard output.
struct LintOutput: ExpressibleByArgument, Hashable {
    let format: LintFormat
    let path: String

    init(_ format: LintFormat, to path: String) {
        self.format = format
        self.path = path
    }

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let format = LintFormat(rawValue: String(parts[0])) else { return nil }
        self.init(format, to: String(parts[1]))
    }

    static let standard = "-"

    var isStandard: Bool { path == Self.standard }
}

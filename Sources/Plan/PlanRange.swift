/// Which two commits a plan compares, as on the command line: `BASE..HEAD`.
package struct PlanRange: Hashable, Sendable {
    /// A revision, as git has them: a branch, a tag, an id, `main~2`.
    package let base: String
    package let head: String
    /// With three dots the base is where `head` branched off, as what came to `base` since is not the branch's doing.
    package let isFromMergeBase: Bool

    /// `BASE..HEAD` or `BASE...HEAD`; a side that is left out is `HEAD`. `nil` for anything else.
    package init?(_ text: String) {
        guard let dots = text.firstRange(of: "..") else { return nil }
        isFromMergeBase = text[dots.upperBound...].first == "."
        let before = text[..<dots.lowerBound]
        let after = text[dots.upperBound...].dropFirst(isFromMergeBase ? 1 : 0)
        guard !after.contains(".."), !after.hasPrefix("."), !(before.isEmpty && after.isEmpty) else { return nil }
        base = before.isEmpty ? "HEAD" : String(before)
        head = after.isEmpty ? "HEAD" : String(after)
    }
}

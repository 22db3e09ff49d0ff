/// Keeps a document within `ManifestLimits` while it is read.
struct NodeBudget {
    let limits: ManifestLimits
    private(set) var nodes = 0

    init(limits: ManifestLimits) {
        self.limits = limits
    }

    /// - Parameter count: an alias stands for as many nodes as it would be written out.
    mutating func spend(_ count: Int = 1, at span: SourceSpan) throws(ManifestProblem) {
        let (sum, overflow) = nodes.addingReportingOverflow(count)
        guard !overflow, sum <= limits.nodesPerDocument else {
            throw ManifestProblem(
                .limit, at: span, "the document has more than \(limits.nodesPerDocument) values, aliases written out")
        }
        nodes = sum
    }

    func check(depth: Int, at span: SourceSpan) throws(ManifestProblem) {
        guard depth <= limits.depth else {
            throw ManifestProblem(.limit, at: span, "nested more than \(limits.depth) levels deep")
        }
    }

    func check(scalarBytes: Int, at span: SourceSpan) throws(ManifestProblem) {
        guard scalarBytes <= limits.scalarBytes else {
            throw ManifestProblem(.limit, at: span, "a value is longer than \(limits.scalarBytes) bytes")
        }
    }
}

/// Collects what is wrong while a document is decoded: decoding goes on after a problem, so that all are reported.
final class DecodingContext {
    private(set) var problems: [ManifestProblem] = []
    private(set) var remarks: [ManifestRemark] = []
    private let mostProblems: Int

    /// - Parameter mostProblems: later ones are forgotten, so that their number costs nothing.
    init(mostProblems: Int) {
        self.mostProblems = mostProblems
    }

    func report(
        _ kind: ManifestProblem.Kind, at span: SourceSpan, _ message: @autoclosure () -> String,
        fixes: @autoclosure () -> [Fix] = []
    ) {
        guard problems.count < mostProblems else { return }
        problems.append(ManifestProblem(kind, at: span, message(), fixes: fixes()))
    }

    func remark(_ kind: ManifestRemark.Kind, at span: SourceSpan, _ message: String, fixes: [Fix]) {
        guard remarks.count < mostProblems else { return }
        remarks.append(ManifestRemark(kind, at: span, message, fixes: fixes))
    }

    func wrongType(
        _ node: SyntaxNode, _ name: String, _ expected: String, fixes: @autoclosure () -> [Fix] = []
    ) {
        switch node.content {
        case .scalar(let text, isPlain: true) where node.type == .null:
            report(
                .wrongType, at: node.span,
                "`\(name)` must be \(expected), but nothing is here" + (text.isEmpty ? "" : " (`\(text)`)"))
        case .scalar(let text, isPlain: true)
        where node.type != .string && expected == ValueType.string.rawValue:
            report(
                .wrongType, at: node.span,
                "`\(name)` must be a string, but `\(text.shortened)` is \(node.type.rawValue): "
                    + "write \"\(text.shortened)\"", fixes: fixes())
        case .scalar(let text, _):
            report(
                .wrongType, at: node.span,
                "`\(name)` must be \(expected), but `\(text.shortened)` is \(node.type.rawValue)",
                fixes: fixes())
        case .sequence, .mapping:
            report(
                .wrongType, at: node.span,
                "`\(name)` must be \(expected), but this is \(node.type.rawValue)")
        }
    }
}

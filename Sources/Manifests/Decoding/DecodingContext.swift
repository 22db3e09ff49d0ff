/// Collects what is wrong while a document is decoded: decoding goes on after a problem, so that all are reported.
final class DecodingContext {
    private(set) var problems: [ManifestProblem] = []
    private let mostProblems: Int

    /// - Parameter mostProblems: later ones are forgotten, so that their number costs nothing.
    init(mostProblems: Int) {
        self.mostProblems = mostProblems
    }

    func report(_ kind: ManifestProblem.Kind, at span: SourceSpan, _ message: @autoclosure () -> String) {
        guard problems.count < mostProblems else { return }
        problems.append(ManifestProblem(kind, at: span, message()))
    }
}

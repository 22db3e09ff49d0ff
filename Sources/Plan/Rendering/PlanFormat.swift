package import Lint

/// How a plan is shown.
package enum PlanFormat: String, CaseIterable, Sendable {
    case text, json, markdown

    /// - Parameter style: of text; the others have none.
    package func render(_ plan: ChangePlan, _ style: TextStyle) -> String {
        switch self {
        case .text: TextPlan(plan, style).text
        case .json: JSONPlan(plan).text
        case .markdown: MarkdownPlan(plan).text
        }
    }
}

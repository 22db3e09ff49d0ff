internal import Lint

/// How a timeline is shown.
package enum AuditFormat: String, CaseIterable, Sendable {
    case text, json, csv, html

    package func render(_ timeline: Timeline) -> String {
        switch self {
        case .text: TextAudit(timeline).text
        case .json: JSONAudit(timeline).text
        case .csv: CSVAudit(timeline).text
        case .html: HTMLAudit(timeline).text
        }
    }
}

internal import Manifests

/// Nobody is surprised by a node that expires.
struct ExpiryRule: Rule {
    private static let noticeDays: Int64 = 14

    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.nodes {
            guard let expires = node.expires else { continue }
            let span = node.$expires.span
            if expires <= tenant.time {
                report.add(
                    .expired, at: span,
                    "node `\(node.name)` has expired and is treated as removed: delete it, or let it expire later")
            } else if expires <= tenant.time.adding(seconds: Self.noticeDays * 86400) {
                let days = (expires.secondsSince1970 - tenant.time.secondsSince1970) / 86400
                let left = days == 0 ? "in less than a day" : "in \(days) day\(days == 1 ? "" : "s")"
                report.add(.expiresSoon, at: span, "node `\(node.name)` expires \(left)")
            }
        }
    }
}

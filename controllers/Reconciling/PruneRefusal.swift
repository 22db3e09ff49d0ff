internal import OverlayNetwork

/// Says of a tenant that is held back what its commit would destroy, and how to say that it is meant.
struct PruneRefusal {
    let losses: [PruneLoss]
    let limit: PruneLimit
    /// Trailers that were meant to allow it, perhaps.
    let notUnderstood: [String]

    /// Losses and trailers that are told one by one.
    private static let most = 10

    var problems: [Problem] {
        var problems = losses.prefix(Self.most).map { loss in
            Problem(code: Self.code, at: loss.span, "\(loss)\(share(of: loss))")
        }
        if losses.count > Self.most {
            problems.append(Problem(code: Self.code, at: .none, "and \(losses.count - Self.most) losses more"))
        }
        for value in notUnderstood.prefix(Self.most) {
            problems.append(
                Problem(
                    code: Self.code, at: .none,
                    "the trailer \(PruneAllowance.trailer): \(Self.printable(value)) is not understood: it has to say "
                        + "TENANT, TENANT/CVLAN or *"))
        }
        problems.append(Problem(code: Self.code, at: .none, "if that is meant, say so in a commit: \(command)"))
        return problems
    }

    private static let code = "blast-radius"

    private func share(of loss: PruneLoss) -> String {
        guard case .nodes = loss.subject else { return "" }
        return "; more than \(limit.percent) % go only if a commit allows it"
    }

    /// To be pasted into a shell: names are DNS labels. Without `-m` git would take the trailer for the title.
    private var command: String {
        var values: [PruneAllowance] = []
        for loss in losses where !values.contains(loss.allowance) { values.append(loss.allowance) }
        if values.count > 3, let tenant = losses.first?.tenant { values = [.tenant(tenant)] }
        let trailers = values.map { "--trailer \"\(PruneAllowance.trailer): \($0)\"" }
        return "git commit --allow-empty -m \"prune \(values.map(\.description).joined(separator: " "))\" "
            + trailers.joined(separator: " ")
    }

    /// A trailer's value is anything that somebody wrote; here it becomes part of a line.
    private static func printable(_ value: String) -> String {
        String(value.unicodeScalars.prefix(60).map { (32...126).contains($0.value) ? Character($0) : "?" })
    }
}

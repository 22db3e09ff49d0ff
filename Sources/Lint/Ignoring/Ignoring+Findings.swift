internal import Manifests

/// What there is to say of comments that silence findings.
extension Finding {
    private static let form = "`# cvlan: ignore CODE reason`"

    static func unused(_ codes: [Located<String>], of comment: IgnoreComment) -> Finding {
        let names = codes.map { "`\($0)`" }.joined(separator: " and ")
        guard codes.count < comment.codes.count else {
            let fix = Fix("remove the comment", .safe, [comment.removal])
            return Finding(
                .unusedIgnore, at: comment.span, "nothing here needs the comment: there is no \(names) to ignore",
                tenant: comment.tenant, fixes: [fix])
        }
        // Those that are left, one by one: the same code may be there twice.
        var unused = codes.map(\.span.column)[...]
        let used = comment.codes.filter { code in
            guard unused.first == code.span.column else { return true }
            unused = unused.dropFirst()
            return false
        }
        let list = used.map(\.value).joined(separator: ",")
        return Finding(
            .unusedIgnore, at: codes.first?.span ?? comment.codesSpan, "there is no \(names) here to ignore",
            tenant: comment.tenant, fixes: [.replace(comment.codesSpan, with: list, "write `\(list)`", .safe)])
    }

    static func bad(_ fault: IgnoreComment.Fault, of comment: IgnoreComment) -> Finding {
        let message =
            switch fault {
            case .unknownWord(let word): "`\(word)` is not understood: write \(form)"
            case .noCode: "the comment does not say what to ignore: write \(form)"
            case .noReason: "the comment must say why: write \(form)"
            case .tooMany: "too many to be heeded: this and those that follow silence nothing"
            }
        return Finding(.badIgnore, at: comment.span, message, tenant: comment.tenant)
    }

    static func bad(_ code: Located<String>, of comment: IgnoreComment) -> Finding {
        if FindingCode(rawValue: code.value) != nil {
            return Finding(
                .badIgnore, at: code.span, "`\(code)` cannot be ignored: what it says must be mended",
                tenant: comment.tenant)
        }
        let near = Spelling.nearest(to: code.value, among: FindingCode.allCases.map(\.rawValue))
        return Finding(
            .badIgnore, at: code.span,
            "there is no code `\(code)`" + (near.map { ": did you mean `\($0)`?" } ?? ""), tenant: comment.tenant,
            fixes: near.map { [.replace(code.span, with: $0, "write `\($0)`", .suggested)] } ?? [])
    }
}

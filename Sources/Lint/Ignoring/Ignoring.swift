package import Manifests

/// Takes away the findings that comments silence, and adds what is wrong with these comments. The last step of a run:
/// only when all rules have been heard can a comment be told to silence nothing.
package struct Ignoring: Sendable {
    private let comments: [IgnoreComment]

    package init(_ comments: [IgnoreComment]) {
        self.comments = comments
    }

    /// Each code of a comment silences the first finding with that code on its line.
    ///
    /// - Returns: sorted by place.
    package func applied(to findings: [Finding]) -> [Finding] {
        guard !comments.isEmpty else { return findings.sorted() }
        // Rules look past what cannot be carried out, and would say nothing of a line that a comment speaks of.
        let isComplete = !findings.contains(where: \.code.holdsBack)
        var silencer = Silencer(findings.sorted())
        var said: [Finding] = []
        for comment in comments {
            let unused = silencer.apply(comment, &said)
            if isComplete, !unused.isEmpty { said.append(.unused(unused, of: comment)) }
        }
        return (silencer.left + said).sorted()
    }
}

/// Findings, and which of them have been silenced.
private struct Silencer {
    private let findings: [Finding]
    private var isSilent: [Bool]
    /// Findings by file, line and code, the last first.
    private var indices: [Key: [Int]] = [:]

    private struct Key: Hashable {
        let file: SourceFile
        let line: Int32
        let code: FindingCode
    }

    init(_ findings: [Finding]) {
        self.findings = findings
        isSilent = Array(repeating: false, count: findings.count)
        for (index, finding) in findings.enumerated().reversed() where finding.code.canBeIgnored {
            indices[Key(file: finding.span.file, line: finding.span.line, code: finding.code), default: []].append(
                index)
        }
    }

    var left: [Finding] { zip(findings, isSilent).filter { !$0.1 }.map(\.0) }

    /// - Returns: the codes that silence nothing, though they could.
    mutating func apply(_ comment: IgnoreComment, _ said: inout [Finding]) -> [Located<String>] {
        if let fault = comment.fault {
            said.append(.bad(fault, of: comment))
            return []
        }
        return comment.codes.filter { text in
            guard let code = FindingCode(rawValue: text.value), code.canBeIgnored else {
                said.append(.bad(text, of: comment))
                return false
            }
            guard let line = comment.line,
                let index = indices[Key(file: comment.span.file, line: line, code: code)]?.popLast()
            else { return true }
            isSilent[index] = true
            return false
        }
    }
}

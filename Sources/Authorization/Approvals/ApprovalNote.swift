package import GitRepository
package import SSHSignatures

/// What a note says of one commit, taken apart: signed statements, with whatever else somebody wrote around them.
package struct ApprovalNote: Hashable, Sendable {
    /// Something that looks like a statement and counts for nothing.
    package struct Problem: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// Not the lines of a statement followed by a signature.
            case malformed
            /// It is a statement of another commit.
            case otherCommit(ObjectID)
            case signature(SSHSignatureRefusal)
            /// There are more than anybody needs: they are not looked at.
            case tooMany
            /// The note has so many bytes: it is not looked at.
            case tooLarge(Int)
            /// It is there by its name alone.
            case unreadable(String)
        }

        package let commit: ObjectID
        /// Where it begins, counted from 1.
        package let line: Int
        package let reason: Reason
    }

    /// In the order of the note.
    package internal(set) var statements: [SignedStatement] = []
    package internal(set) var problems: [Problem] = []

    /// Statements of one note that are looked at; each costs a public-key operation.
    package static let maximumStatements = 64
    static let maximumByteCount = Repository.maximumNoteByteCount

    init() {}

    init(tooLarge count: Int, of commit: ObjectID) {
        problems = [Problem(commit: commit, line: 1, reason: .tooLarge(count))]
    }

    init(unreadable reason: String, of commit: ObjectID) {
        problems = [Problem(commit: commit, line: 1, reason: .unreadable(reason))]
    }

    package init(_ bytes: [UInt8], of commit: ObjectID) {
        guard bytes.count <= Self.maximumByteCount else {
            self = ApprovalNote(tooLarge: bytes.count, of: commit)
            return
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        var blocks = StatementBlocks(lines)
        var count = 0
        while let block = blocks.next() {
            count += 1
            guard count <= Self.maximumStatements else {
                problems.append(Problem(commit: commit, line: block.lowerBound + 1, reason: .tooMany))
                return
            }
            do throws(Refusal) {
                let statement = try Self.statement(lines[block], of: commit)
                if !statements.contains(statement) { statements.append(statement) }
            } catch {
                problems.append(Problem(commit: commit, line: block.lowerBound + 1, reason: error.reason))
            }
        }
    }

    /// Takes in what another note says of the same commit.
    mutating func add(_ other: ApprovalNote?) {
        guard let other else { return }
        statements += other.statements.filter { !statements.contains($0) }
        problems += other.problems
    }

    private struct Refusal: Error {
        let reason: Problem.Reason
    }

    private static func statement(
        _ lines: ArraySlice<Substring>, of commit: ObjectID
    ) throws(Refusal) -> SignedStatement {
        guard let begin = lines.firstIndex(of: StatementBlocks.begin[...]),
            let statement = ApprovalStatement(lines[..<begin])
        else { throw Refusal(reason: .malformed) }
        guard statement.commit == commit else { throw Refusal(reason: .otherCommit(statement.commit)) }
        do throws(SSHSignatureRefusal) {
            return try SignedStatement(
                statement, signature: Array(lines[begin...].joined(separator: "\n").utf8))
        } catch {
            throw Refusal(reason: .signature(error))
        }
    }
}

/// Which lines of a note may be a statement: from one that begins as such does to the end of a signature, or to where the
/// next begins.
private struct StatementBlocks {
    static let begin = "-----BEGIN SSH SIGNATURE-----"
    static let end = "-----END SSH SIGNATURE-----"
    private let lines: [Substring]
    private var index = 0

    init(_ lines: [Substring]) { self.lines = lines }

    mutating func next() -> Range<Int>? {
        while index < lines.count, !Self.isFirst(lines[index]) { index += 1 }
        guard index < lines.count else { return nil }
        let start = index
        index += 1
        while index < lines.count, !Self.isFirst(lines[index]) {
            index += 1
            if lines[index - 1] == Self.end { break }
        }
        return start..<index
    }

    private static func isFirst(_ line: Substring) -> Bool {
        line.hasPrefix("Approved-Commit:") || line.hasPrefix("Adopted-Commit:")
    }
}

extension ApprovalNote.Problem: CustomStringConvertible {
    package var description: String { "the note of \(commit.short), line \(line): \(reason)" }
}

extension ApprovalNote.Problem.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "not the lines of an approval followed by its signature"
        case .otherCommit(let commit): "an approval of another commit, \(commit.short)"
        case .signature(let refusal): "\(refusal)"
        case .tooMany: "more than \(ApprovalNote.maximumStatements) approvals: the rest is not looked at"
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .tooLarge(let count):
            "\(count) bytes, more than the \(ApprovalNote.maximumByteCount) that are looked at"
        }
    }
}

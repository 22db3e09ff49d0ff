package import GitRepository
package import Manifests

/// What somebody signs of a commit after it was made. As text, which is what the signature is of:
///
///     Approved-Commit: 4b825dc642cb6eb9a060e54bf8d69288fbee4904
///     Approver: alice
///     Approved-At: 2026-11-22T05:00:00Z
package struct ApprovalStatement: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The signer stands for what the commit changes, as if they had made it.
        case approval
        /// The tree of the commit is taken as it is: everything begins with it. With `replacing`, though the tip of main, as it
        /// was published, is no ancestor of it.
        case adoption(replacing: ObjectID?)
    }

    package let kind: Kind
    package let commit: ObjectID
    /// For people; the key decides.
    package let approver: String
    /// When, as the signer says.
    package let time: Timestamp

    /// Bytes of a name.
    package static let maximumNameByteCount = 128

    /// `nil`: the name is empty, too long, or not printable text on one line.
    package init?(_ kind: Kind, of commit: ObjectID, by approver: String, at time: Timestamp) {
        guard Self.isName(approver) else { return nil }
        self.kind = kind
        self.commit = commit
        self.approver = approver
        self.time = time
    }

    /// For what the signature is made (PROTOCOL.sshsig): so that an approval is no adoption.
    package var namespace: String {
        switch kind {
        case .approval: "cvlan-approve@cvlan.io"
        case .adoption: "cvlan-adopt@cvlan.io"
        }
    }

    /// What is signed; ends with a line break.
    package var text: String {
        let subject =
            switch kind {
            case .approval: "Approved-Commit: \(commit)\n"
            case .adoption(let replaced):
                "Adopted-Commit: \(commit)\n" + (replaced.map { "Replaces-Commit: \($0)\n" } ?? "")
            }
        return subject + "Approver: \(approver)\nApproved-At: \(time)\n"
    }

    /// Reads what `text` writes, and nothing else.
    init?(_ lines: some Collection<Substring>) {
        var lines = Lines(lines)
        if let commit = lines.take("Approved-Commit").flatMap({ ObjectID(String($0)) }) {
            self.commit = commit
            kind = .approval
        } else if let commit = lines.take("Adopted-Commit").flatMap({ ObjectID(String($0)) }) {
            self.commit = commit
            let replaced = lines.take("Replaces-Commit").map { ObjectID(String($0)) }
            if case .some(nil) = replaced { return nil }
            kind = .adoption(replacing: replaced ?? nil)
        } else {
            return nil
        }
        guard let approver = lines.take("Approver").map(String.init), Self.isName(approver),
            let time = lines.take("Approved-At").flatMap({ Timestamp(String($0)) }), lines.isAtEnd
        else { return nil }
        self.approver = approver
        self.time = time
    }

    private static func isName(_ text: String) -> Bool {
        (1...maximumNameByteCount).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            }
    }

    private struct Lines {
        private var rest: ArraySlice<Substring>

        init(_ lines: some Collection<Substring>) { rest = Array(lines)[...] }

        var isAtEnd: Bool { rest.isEmpty }

        /// The value of the next line, if it is of this name.
        mutating func take(_ name: String) -> Substring? {
            guard let line = rest.first, line.hasPrefix(name + ": ") else { return nil }
            rest = rest.dropFirst()
            return line.dropFirst(name.count + 2)
        }
    }
}

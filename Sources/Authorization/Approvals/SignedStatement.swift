package import SSHSignatures

/// A statement whose signature holds.
package struct SignedStatement: Hashable, Sendable {
    package let statement: ApprovalStatement
    /// Whoever has it made the statement; who that is, a roster tells.
    package let key: SSHKey
    private let signature: SSHSignature

    /// Makes one.
    package init(_ statement: ApprovalStatement, by signer: some SSHSigner) throws {
        self.statement = statement
        key = signer.key
        signature = try SSHSignature(Array(statement.text.utf8), for: statement.namespace, by: signer)
        try signature.verify(Array(statement.text.utf8), for: statement.namespace, by: key)
    }

    /// Takes one from elsewhere; throws where the signature is none of it. Costs one public-key operation.
    init(_ statement: ApprovalStatement, signature armored: [UInt8]) throws(SSHSignatureRefusal) {
        signature = try SSHSignature(armored: armored)
        key = try signature.verify(Array(statement.text.utf8), for: statement.namespace)
        self.statement = statement
    }

    /// Whether the same key says the same of the same commit, whenever.
    func saysTheSame(_ other: SignedStatement) -> Bool {
        key == other.key && statement.kind == other.statement.kind && statement.commit == other.statement.commit
    }

    /// As it is in a note: `ssh-keygen -Y verify` takes the part before the signature, and the signature.
    package var text: String { statement.text + signature.armored }
}

package import GitRepository
package import SSHSignatures

/// What a commit says of who made it, as far as that is proven: its author and its committer are only text.
package enum CommitProof: Hashable, Sendable {
    case unsigned
    /// By whoever has this key, which says nothing of who that is.
    case signed(SSHKey)
    /// A signature that does not hold.
    case invalid(SSHSignatureRefusal)
    /// A signature of another kind: PGP, X.509.
    case foreign
    /// A commit of which git and others could read different things.
    case malformed(SignedCommit.Refusal)
    /// So large that nobody looks.
    case tooLarge

    /// Bytes of a commit whose signature is looked at: of those that are read at once there may be hundreds, and a push of a
    /// few KB can make each as large as it likes.
    package static let maximumByteCount = 256 << 10

    /// - Parameters:
    ///   - object: as `Repository.commitBytes` gives it. Costs one public-key operation.
    ///   - keys: those that were met before.
    package init(ofCommit object: [UInt8], keys: KeyCache = KeyCache()) {
        guard object.count <= Self.maximumByteCount else {
            self = .tooLarge
            return
        }
        do throws(SignedCommit.Refusal) {
            let commit = try SignedCommit(object)
            self = commit.signature.map { Self.verify($0, commit.payload, keys) } ?? .unsigned
        } catch {
            self = .malformed(error)
        }
    }

    private static func verify(_ text: [UInt8], _ payload: [UInt8], _ keys: KeyCache) -> CommitProof {
        guard text.starts(with: "-----BEGIN SSH SIGNATURE-----".utf8) else { return .foreign }
        do throws(SSHSignatureRefusal) {
            let signature = try SSHSignature(armored: text)
            let key = try keys.key(of: signature)
            try signature.verify(payload, by: key)
            return .signed(key)
        } catch {
            return .invalid(error)
        }
    }

    package var key: SSHKey? {
        if case .signed(let key) = self { key } else { nil }
    }
}

extension CommitProof: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unsigned: "not signed"
        case .signed(let key): "signed by \(key.fingerprint)"
        case .invalid(let refusal): "signed, but \(refusal)"
        case .foreign: "signed, but not with an SSH key"
        case .tooLarge: "larger than the \(Self.maximumByteCount) bytes that are looked at"
        case .malformed(.misplaced): "a signature in a place where git would not write it"
        case .malformed(.several): "several signatures"
        case .malformed(.malformed): "headers that git does not read to their end"
        }
    }
}

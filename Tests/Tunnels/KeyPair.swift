package import TestLab

/// X25519 keys in base64, made by `wg`.
package struct KeyPair: Sendable {
    package let privateKey: String
    package let publicKey: String

    package init(_ lab: Lab) throws {
        privateKey = try lab.host("wg", "genkey").trimmed
        publicKey = try lab.host("wg", "pubkey", input: privateKey + "\n").trimmed
    }
}

extension Lab {
    package func presharedKey() throws -> String { try host("wg", "genpsk").trimmed }
}

extension String {
    package var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// The lines, each split at its tabs: what `wg show INTERFACE FIELD` prints.
    package var table: [[String]] {
        split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }
}

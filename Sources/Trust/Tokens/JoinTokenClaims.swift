internal import FoundationEssentials

/// The claims as JSON has them; times are RFC 3339, as PASETO wants them.
struct JoinTokenClaims: Codable {
    var jti: String
    /// PASERK.
    var key: String
    var tenant: String
    var cvlans: [String]
    var role: JoinToken.Role
    var labels: [String: String]?
    var node: String?
    var uses: Int
    var iat: String
    var exp: String
    var nbf: String?
    var root: String
    var url: String

    init(_ token: JoinToken) {
        jti = token.id
        key = PASERK.encode(token.key)
        tenant = token.tenant
        cvlans = token.cvlans
        role = token.role
        labels = token.labels.isEmpty ? nil : token.labels
        node = token.node
        uses = token.uses
        iat = token.issuedAt.formatted(.iso8601)
        exp = token.expires.formatted(.iso8601)
        root = token.root.description
        url = token.url
    }
}

struct JoinTokenFooter: Codable {
    var kid: String
}

enum JoinTokenJSON {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(value))
    }

    static func decode<Value: Decodable>(_: Value.Type, from bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}

extension JoinToken {
    static let maximumListLength = 64
    static let maximumTextLength = 512

    init(_ claims: JoinTokenClaims) throws(TokenError) {
        guard let issuedAt = try? Date(claims.iat, strategy: .iso8601),
            let expires = try? Date(claims.exp, strategy: .iso8601)
        else { throw TokenError(.malformed, "iat or exp is no RFC 3339 time") }
        guard let root = RootPin(claims.root) else { throw TokenError(.malformed, "root is no sha256 pin") }
        guard let key = try? PASERK.publicKey(claims.key) else {
            throw TokenError(.malformed, "key is no k4.public key")
        }
        self.init(
            id: claims.jti, key: key, tenant: claims.tenant, cvlans: claims.cvlans, role: claims.role,
            labels: claims.labels ?? [:],
            node: claims.node, uses: claims.uses, issuedAt: issuedAt, expires: expires, root: root, url: claims.url)
        if let fault { throw TokenError(.malformed, fault) }
    }

    /// What is wrong with the claims, in words, or `nil`. Names and ids become parts of manifests and commit messages: nothing
    /// gets there that could end a line.
    var fault: String? {
        if !(1...64).contains(id.utf8.count) || !id.utf8.allSatisfy(isIDByte) { return "jti is no plain id" }
        if !isDNSLabel(tenant) { return "tenant is no DNS label" }
        if cvlans.isEmpty || cvlans.count > Self.maximumListLength || !cvlans.allSatisfy({ isDNSLabel($0) }) {
            return "cvlans are not 1 to \(Self.maximumListLength) DNS labels"
        }
        if let node, !isDNSLabel(node) { return "node is no DNS label" }
        if !(1...1_000_000).contains(uses) { return "uses is not 1 to 1000000" }
        if labels.count > Self.maximumListLength { return "too many labels" }
        if !labels.allSatisfy({ isPrintable($0.key) && !$0.key.isEmpty && isPrintable($0.value) }) {
            return "a label that is not short printable ASCII"
        }
        if !url.hasPrefix("https://") || !isPrintable(url) { return "url is not https" }
        return nil
    }

    private func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private func isPrintable(_ text: String) -> Bool {
        text.utf8.count <= Self.maximumTextLength && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

internal import OpenSSL
internal import Tunneling

/// Whom an authenticator may let in: the settings of one connection or of many, of which a login is for one. Any thread.
///
/// What a client says of itself comes in two steps. Its EAP identity (RFC 3748 §5.1) may be anything, and decides only what is tried
/// first. The name that goes with a password, or the certificate, is what is proven: by it the entry is found.
package final class EAPDirectory: Sendable {
    /// The best first, where several would do.
    package let entries: [EAPSettings]
    /// Entries that know a user.
    private let users: [String: [Int]]
    private let byCertificate: [(entry: Int, settings: EAPTLSSettings)]
    /// Of all entries: a handshake ends before it is known whose certificate that is.
    private let anchors: TrustAnchors

    /// A login is compared with no more passwords, and no more certificates are verified for it.
    private static let maximumTries = 4

    package init(_ entries: [EAPSettings]) {
        self.entries = entries
        var users: [String: [Int]] = [:]
        var byCertificate: [(entry: Int, settings: EAPTLSSettings)] = []
        var anchors: [Certificate] = []
        var known: Set<[UInt8]> = []
        for (index, entry) in entries.enumerated() {
            for method in entry.methods {
                switch method {
                case .mschapv2(let passwords): for user in passwords.keys { users[user, default: []].append(index) }
                case .tls(let settings):
                    byCertificate.append((index, settings))
                    anchors += settings.verifier.anchors.certificates.filter { known.insert($0.der).inserted }
                }
            }
        }
        self.users = users
        self.byCertificate = byCertificate
        self.anchors = TrustAnchors(anchors)
    }

    // MARK: What is tried first

    /// The entry that an EAP identity speaks of.
    func entry(named identity: String) -> Int? {
        if let first = users[Self.user(identity)]?.first { return first }
        guard let identity = Identity(text: identity) else { return nil }
        return byCertificate.first { _, settings in
            settings.expected.contains { $0 != .any && $0.matches(identity) }
        }?.entry
    }

    /// In the order of preference for who is `named`. Somebody unknown sees what users with passwords see: which names there are is
    /// nothing that strangers may learn.
    func methods(for named: Int?) -> [UInt8] {
        let usual = entries.firstIndex { $0.methods.contains { $0.type == EAPType.mschapv2 } } ?? 0
        let first = named ?? usual
        var types: [UInt8] = []
        for entry in entries.dropFirst(first).prefix(1) + entries {
            for method in entry.methods where !types.contains(method.type) { types.append(method.type) }
        }
        return types
    }

    /// What comes after a domain is the user: Windows sends "DOMAIN\name" (RFC 2759 §4).
    static func user(_ name: String) -> String {
        name.lastIndex(of: "\\").map { String(name[name.index(after: $0)...]) } ?? name
    }

    /// Tells our end in an MS-CHAPv2 challenge.
    var name: String { entries.first?.name ?? "" }

    // MARK: What is proven

    /// Of a user; those of the entry first that the client named itself by.
    func passwords(of user: String, named: Int?) -> [(entry: Int, password: SecretBytes)] {
        let known = users[user] ?? []
        let ordered = known.filter { $0 == named } + known.filter { $0 != named }
        return ordered.prefix(Self.maximumTries).compactMap { index in
            entries[index].password(of: user).map { (index, $0) }
        }
    }

    /// The handshake by which a client shows its certificate.
    func handshake(named: Int?, at time: WallTime) -> EAPTLSHandshake? {
        let settings = (byCertificate.first { $0.entry == named } ?? byCertificate.first)?.settings
        return settings.map {
            EAPTLSHandshake(.server, credential: $0.credential, anchors: anchors, newest: $0.newest, at: time)
        }
    }

    /// The entry that a certificate is for: one that names it rather than one that takes any.
    func verify(_ chain: [Certificate], at time: WallTime) throws(EAPRefusal) -> (entry: Int, Certificate) {
        guard let leaf = chain.first, let identity = Identity.preferred(of: leaf) else { throw .peer(.noCertificate) }
        func expecting(_ isWanted: (IdentityPattern) -> Bool) -> [(entry: Int, settings: EAPTLSSettings)] {
            byCertificate.filter { _, settings in
                settings.expected.contains { isWanted($0) && $0.matches(identity, provenBy: leaf) }
            }
        }
        var refusal: AuthRefusal?
        for (entry, settings) in (expecting { $0 != .any } + expecting { $0 == .any }).prefix(Self.maximumTries) {
            do throws(AuthRefusal) {
                return (entry, try settings.verify(chain, identity, at: time))
            } catch { refusal = refusal ?? error }
        }
        throw .peer(refusal ?? .identity)
    }
}

extension EAPTLSSettings {
    func verify(
        _ chain: [Certificate], _ identity: Identity, at time: WallTime
    ) throws(AuthRefusal) -> Certificate {
        try verifier.verify(chain: chain.map(\.der), identity: identity, expected: expected, at: time)
    }
}

package import FoundationEssentials
internal import Sodium
internal import WireFormat

extension RootDocument {
    static let maximumKeys = 64
    static let maximumAuthorities = 16

    /// From the payload of an envelope; throws `malformed` for anything that is not consistent.
    package init(payload: Data) throws(RootError) {
        guard payload.count <= PayloadType.root.maximumPayload else {
            throw RootError(.malformed, "\(payload.count) bytes; \(PayloadType.root.maximumPayload) are allowed")
        }
        let wire: WireRoot
        do {
            wire = try WireRoot(serializedBytes: payload)
        } catch {
            throw RootError(.malformed, "not a root document: \(error)")
        }
        guard let trustDomain = TrustDomain(wire.trustDomain) else {
            throw RootError(.malformed, "the trust domain is no DNS name")
        }
        guard let enrollmentKey = X25519.PublicKey(wire.enrollmentKey) else {
            throw RootError(.malformed, "the enrolment key has not 32 bytes")
        }
        guard wire.keys.count <= Self.maximumKeys, wire.certificateAuthorities.count <= Self.maximumAuthorities else {
            throw RootError(.malformed, "too many keys or certificate authorities")
        }
        guard let authorization = AuthorizationMode(wire: wire.authorization) else {
            throw RootError(.malformed, "names no authorization mode that this version knows")
        }
        var keys: [Key] = []
        for key in wire.keys { keys.append(try Key(wire: key)) }
        self.init(
            version: wire.version, expires: Date(timeIntervalSince1970: Double(wire.expires)), trustDomain: trustDomain,
            threshold: Int(wire.threshold), keys: keys, certificateAuthorities: wire.certificateAuthorities,
            enrollmentKey: enrollmentKey,
            superadmins: wire.superadmins.map { Superadmin(name: $0.name, keys: $0.keys) },
            authorization: authorization)
        try checkConsistency()
    }

    /// The bytes that are signed and pinned. The same document always gives the same bytes.
    package func payload() throws -> Data {
        try checkConsistency()
        var wire = WireRoot()
        wire.version = version
        wire.expires = Int64(expires.timeIntervalSince1970.rounded(.down))
        wire.trustDomain = trustDomain.description
        wire.threshold = UInt32(threshold)
        wire.keys = keys.map(\.wire)
        wire.certificateAuthorities = certificateAuthorities
        wire.enrollmentKey = Data(enrollmentKey.bytes)
        wire.superadmins = superadmins.map { person in
            .with {
                $0.name = person.name
                $0.keys = person.keys
            }
        }
        wire.authorization = authorization.wire
        return try wire.serializedData()
    }

    private func checkConsistency() throws(RootError) {
        guard version >= 1 else { throw RootError(.malformed, "version 0") }
        guard Set(keys.map(\.publicKey)).count == keys.count else { throw RootError(.malformed, "a key twice") }
        guard threshold >= 1, threshold <= publicKeys(for: .root).count else {
            throw RootError(.malformed, "threshold \(threshold) of \(publicKeys(for: .root).count) root keys")
        }
        guard abs(expires.timeIntervalSince1970) < Double(1 << 40) else {
            throw RootError(.malformed, "expires out of range")
        }
        try Superadmin.check(superadmins)
        guard authorization != .enforce || !superadmins.isEmpty else {
            throw RootError(.malformed, "enforces authorization without a superadmin: nobody could ever repair a role")
        }
    }
}

extension RootDocument.Key {
    fileprivate init(wire: WireRootKey) throws(RootError) {
        guard let publicKey = Ed25519.PublicKey(wire.publicKey) else {
            throw RootError(.malformed, "a key that has not 32 bytes")
        }
        // Roles that this version does not know are passed over: they allow nothing here.
        self.init(publicKey, roles: Set(wire.roles.compactMap(RootDocument.Role.init(wire:))))
        guard wire.id == id.description else { throw RootError(.malformed, "a key whose id is another key's") }
    }

    fileprivate var wire: WireRootKey {
        var wire = WireRootKey()
        wire.id = id.description
        wire.publicKey = Data(publicKey.bytes)
        wire.roles = RootDocument.Role.allCases.filter(roles.contains).map(\.wire)
        return wire
    }
}

extension RootDocument.Role {
    fileprivate init?(wire: WireKeyRole) {
        switch wire {
        case .root: self = .root
        case .config: self = .config
        case .state: self = .state
        case .timestamp: self = .timestamp
        case .enrollment: self = .enrollment
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    fileprivate var wire: WireKeyRole {
        switch self {
        case .root: .root
        case .config: .config
        case .state: .state
        case .timestamp: .timestamp
        case .enrollment: .enrollment
        }
    }
}

extension RootDocument.AuthorizationMode {
    fileprivate init?(wire: WireAuthorizationMode) {
        switch wire {
        case .off: self = .off
        case .warn: self = .warn
        case .enforce: self = .enforce
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    fileprivate var wire: WireAuthorizationMode {
        switch self {
        case .off: .off
        case .warn: .warn
        case .enforce: .enforce
        }
    }
}

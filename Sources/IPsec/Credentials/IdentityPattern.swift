internal import Addressing
package import OpenSSL

/// Whom a connection expects at its other end.
package enum IdentityPattern: Hashable, Sendable {
    /// Anybody whom the trust anchors, or the shared key, vouch for.
    case any
    /// This identity and no other.
    case identity(Identity)
    /// A certificate with this URI among its names, byte for byte: SPIFFE.
    case uri(String)
    /// A host's name; or "*." and a domain, for any name with exactly one label more.
    case host(String)
    /// Such a one, with a certificate whose subject has this serialNumber: not whoever had the name before, though its
    /// certificate still holds.
    indirect case bound(IdentityPattern, serialNumber: String)
}

extension IdentityPattern {
    /// Whether it is one that `certificate` vouches for. `identity` is what the peer said, and is among the certificate's names.
    func matches(_ identity: Identity, provenBy certificate: Certificate) -> Bool {
        switch self {
        case .any: true
        case .identity(let expected): certificate.carries(expected)
        case .uri(let uri): certificate.alternativeNames.contains(.uri(uri))
        case .host(let pattern):
            certificate.alternativeNames.contains { name in
                if case .dns(let host) = name { HostName.matches(host, pattern) } else { false }
            }
        case .bound(let name, let serialNumber):
            certificate.subject.serialNumber == serialNumber && name.matches(identity, provenBy: certificate)
        }
    }

    /// Whether it is what a peer said that proves itself by something else than a certificate.
    package func matches(_ identity: Identity) -> Bool {
        switch self {
        case .any: true
        case .identity(let expected): identity.isSame(as: expected)
        case .uri(let uri): AlternativeName.uri(uri).der.map { identity.isSame(as: .generalName($0)) } ?? false
        case .host(let pattern):
            if case .fqdn(let host) = identity { HostName.matches(host, pattern) } else { false }
        // Nothing but a certificate proves that.
        case .bound: false
        }
    }
}

extension Identity {
    /// As people write them: an address, "C=CH, O=Example, CN=gate", "name@domain", a URI, or a host's name. `nil` for no text, and
    /// for a distinguished name that cannot be read.
    package init?(text: String) {
        guard !text.isEmpty else { return nil }
        if let address = IPAddress(text) {
            self = .address(address)
        } else if text.contains("://") {
            guard let der = AlternativeName.uri(text).der else { return nil }
            self = .generalName(der)
        } else if text.contains("=") {
            guard let name = DistinguishedName(text) else { return nil }
            self = .distinguishedName(name.der)
        } else if text.contains("@") {
            self = .email(text)
        } else {
            self = .fqdn(text)
        }
    }

    /// What a peer that has this certificate calls itself when nothing else is configured: its subject, which every implementation
    /// understands, or its first other name.
    package static func preferred(of certificate: Certificate) -> Identity? {
        if !certificate.subject.isEmpty { return .distinguishedName(certificate.subject.der) }
        return certificate.alternativeNames.lazy.compactMap { name -> Identity? in
            switch name {
            case .dns(let host): .fqdn(host)
            case .email(let address): .email(address)
            case .address(let bytes): IPAddress(bytes: bytes).map(Identity.address)
            case .directory(let name): .distinguishedName(name.der)
            case .uri: name.der.map(Identity.generalName)
            }
        }.first
    }

    /// Whether they name the same: letter case does not matter in hosts' names, nor what RFC 5280 §7.1 folds in distinguished names.
    package func isSame(as other: Identity) -> Bool {
        switch (self, other) {
        case (.fqdn(let a), .fqdn(let b)): HostName.isSame(a, b)
        case (.email(let a), .email(let b)): HostName.isSameMailbox(a, b)
        case (.distinguishedName(let a), .distinguishedName(let b)):
            a == b || (DistinguishedName(der: a).map { $0 == DistinguishedName(der: b) } ?? false)
        default: self == other
        }
    }
}

extension IdentityPattern {
    /// As people write them: "*" for anybody, a URI, "*.example.com", or what `Identity` reads.
    package init?(text: String) {
        if text == "*" || text == "%any" {
            self = .any
        } else if text.contains("://") {
            self = .uri(text)
        } else {
            guard let identity = Identity(text: text) else { return nil }
            if case .fqdn(let host) = identity { self = .host(host) } else { self = .identity(identity) }
        }
    }
}

extension Certificate {
    /// Whether it vouches for an identity: whether that is its subject or one of its names (RFC 4945 §3.1). Names with wildcards vouch
    /// for nothing else than themselves, and the common name is no host's name.
    func carries(_ identity: Identity) -> Bool {
        switch identity {
        case .address(let address): alternativeNames.contains(.address(address.bytes))
        case .fqdn(let host):
            alternativeNames.contains { if case .dns(let name) = $0 { HostName.isSame(name, host) } else { false } }
        case .email(let address):
            alternativeNames.contains {
                if case .email(let name) = $0 { HostName.isSameMailbox(name, address) } else { false }
            }
        case .distinguishedName(let der): DistinguishedName(der: der) == subject
        case .generalName(let der): alternativeNames.contains { $0.der == der }
        case .keyID, .null: false
        }
    }
}

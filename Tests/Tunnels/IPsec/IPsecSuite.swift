/// Algorithms by strongSwan's names, which the proposals of swanctl.conf are put together from.
package enum IPsecAlgorithm {
    package enum Encryption: String, Sendable, CaseIterable {
        case aes256gcm16, aes128gcm16, chacha20poly1305
        case aes256, aes128

        /// Whether it protects integrity too.
        package var isCombined: Bool { self != .aes256 && self != .aes128 }
    }

    package enum Integrity: String, Sendable, CaseIterable {
        case sha256, sha384, sha512
    }

    package enum PRF: String, Sendable, CaseIterable {
        case prfsha256, prfsha384, prfsha512
    }

    package enum Group: String, Sendable, CaseIterable {
        case x25519, ecp256, ecp384, modp2048, modp3072, modp4096
    }
}

/// What an IKE SA is made with.
package struct IKESuite: Sendable, CustomStringConvertible {
    package let encryption: IPsecAlgorithm.Encryption
    /// With an encryption that is not combined.
    package let integrity: IPsecAlgorithm.Integrity?
    package let prf: IPsecAlgorithm.PRF
    package let group: IPsecAlgorithm.Group

    package init(
        _ encryption: IPsecAlgorithm.Encryption, _ integrity: IPsecAlgorithm.Integrity?,
        _ prf: IPsecAlgorithm.PRF, _ group: IPsecAlgorithm.Group
    ) {
        self.encryption = encryption
        self.integrity = integrity
        self.prf = prf
        self.group = group
    }

    /// A proposal of swanctl.conf.
    package var description: String {
        [encryption.rawValue, integrity?.rawValue, prf.rawValue, group.rawValue].compactMap { $0 }.joined(
            separator: "-")
    }

    package static let usual = IKESuite(.aes256gcm16, nil, .prfsha384, .x25519)
}

/// What a CHILD SA is made with, which has extended sequence numbers never: strongSwan's user-space ESP has none.
package struct ESPSuite: Sendable, CustomStringConvertible {
    package let encryption: IPsecAlgorithm.Encryption
    package let integrity: IPsecAlgorithm.Integrity?
    /// Of the exchange at a rekey; none: keys come from the IKE SA's alone.
    package let group: IPsecAlgorithm.Group?

    package init(
        _ encryption: IPsecAlgorithm.Encryption, _ integrity: IPsecAlgorithm.Integrity?,
        _ group: IPsecAlgorithm.Group? = nil
    ) {
        self.encryption = encryption
        self.integrity = integrity
        self.group = group
    }

    /// A proposal of swanctl.conf.
    package var description: String {
        [encryption.rawValue, integrity?.rawValue, group?.rawValue].compactMap { $0 }.joined(separator: "-")
    }

    package static let usual = ESPSuite(.aes256gcm16, nil, .x25519)
}

/// A set of suites that an administrator chooses by name.
package enum IPsecProfile: String, Sendable, CaseIterable {
    case modern, cnsa, compatible

    private var encryptions: [(IPsecAlgorithm.Encryption, IPsecAlgorithm.Integrity?)] {
        switch self {
        case .cnsa: [(.aes256gcm16, nil)]
        case .modern: [(.aes256gcm16, nil), (.aes128gcm16, nil), (.chacha20poly1305, nil)]
        case .compatible:
            IPsecAlgorithm.Encryption.allCases.flatMap { encryption in
                encryption.isCombined ? [(encryption, nil)] : IPsecAlgorithm.Integrity.allCases.map { (encryption, $0) }
            }
        }
    }

    private var prfs: [IPsecAlgorithm.PRF] {
        switch self {
        case .cnsa: [.prfsha384]
        case .modern: [.prfsha384, .prfsha256]
        case .compatible: IPsecAlgorithm.PRF.allCases
        }
    }

    private var groups: [IPsecAlgorithm.Group] {
        switch self {
        case .cnsa: [.ecp384]
        case .modern: [.x25519, .ecp256, .ecp384]
        case .compatible: IPsecAlgorithm.Group.allCases
        }
    }

    /// Every combination.
    package var ikeSuites: [IKESuite] {
        encryptions.flatMap { encryption in
            prfs.flatMap { prf in groups.map { IKESuite(encryption.0, encryption.1, prf, $0) } }
        }
    }

    /// Without a group. As many as there are of what protects IKE.
    package var espSuites: [ESPSuite] { encryptions.map { ESPSuite($0, $1) } }

    /// Each with every group.
    package var renewableESPSuites: [ESPSuite] {
        encryptions.flatMap { encryption in groups.map { ESPSuite(encryption.0, encryption.1, $0) } }
    }
}

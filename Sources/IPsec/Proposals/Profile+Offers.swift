extension Profile {
    /// What an initiator offers for an IKE SA, best first. AEADs and other ciphers are in proposals of their own
    /// (RFC 5282 §8). The group of the key exchange that goes with it is named first.
    ///
    /// - Parameter spi: where an IKE SA is rekeyed, the new one's; none in IKE_SA_INIT.
    package func ikeProposals(preferring group: DHGroup, spi: UInt64? = nil) -> [Proposal] {
        let common = prfs.map { Transform($0) } + groups(group).map { Transform($0) }
        return proposals(.ike, spi: spi.map { bytes($0) } ?? [], with: common)
    }

    /// What an initiator offers for a CHILD SA, best first.
    ///
    /// - Parameter group: of the key exchange that goes with it in CREATE_CHILD_SA; each proposal then has all groups and, last,
    ///   none: a peer that is not set up for a key exchange of the CHILD SA's own can still rekey. `nil` in IKE_AUTH, which has
    ///   no key exchange (RFC 7296 §1.2).
    package func espProposals(spi: UInt32, group: DHGroup?, usesESN: Bool) -> [Proposal] {
        let keyExchange = group.map { groups($0).map { Transform($0) } + [Transform(DHGroup?.none)] } ?? []
        let esn = Self.sequenceNumbers(usesESN: usesESN).map { Transform(usesESN: $0) }
        return proposals(.esp, spi: bytes(spi), with: keyExchange + esn)
    }

    /// What a connection takes, by preference.
    static func sequenceNumbers(usesESN: Bool) -> [Bool] {
        usesESN ? [true, false] : [false]
    }

    private func groups(_ first: DHGroup) -> [DHGroup] {
        groups.filter { $0 == first } + groups.filter { $0 != first }
    }

    private func proposals(_ proto: SecurityProtocol, spi: [UInt8], with common: [Transform]) -> [Proposal] {
        let authenticated = encryptions.filter(\.isAuthenticated)
        let others = encryptions.filter { !$0.isAuthenticated }
        let lists = [
            authenticated.map { Transform($0) },
            others.map { Transform($0) } + integrities.map { Transform($0) },
        ]
        return lists.filter { !$0.isEmpty }.enumerated().map { index, ciphers in
            Proposal(number: UInt8(index + 1), proto: proto, spi: spi, transforms: ciphers + common)
        }
    }
}

/// Big endian.
func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}

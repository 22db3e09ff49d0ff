// Between the algorithms that the product has and the transforms that name them.

extension Transform {
    package init(_ algorithm: EncryptionAlgorithm) {
        self.init(.encryption, algorithm.identifier, keyLength: algorithm.keyLengthAttribute)
    }

    package init(_ algorithm: IntegrityAlgorithm) {
        self.init(.integrity, algorithm.rawValue)
    }

    package init(_ algorithm: PRFAlgorithm) {
        self.init(.prf, algorithm.rawValue)
    }

    /// `nil`: no key exchange, as one of the choices (RFC 7296 §3.3.6).
    package init(_ group: DHGroup?) {
        self.init(.keyExchange, group?.rawValue ?? 0)
    }

    package init(usesESN: Bool) {
        self.init(.extendedSequenceNumbers, usesESN ? 1 : 0)
    }
}

extension Proposal {
    /// Those of a type that may be chosen.
    func transforms(_ type: TransformType) -> [Transform] {
        transforms.filter { $0.type == type && !$0.hasUnknownAttribute }
    }

    /// Whether it lists any of a type: one of them is then in the answer (RFC 7296 §3.3.6).
    func lists(_ type: TransformType) -> Bool {
        transforms.contains { $0.type == type }
    }

    /// Whether a type may be left out: it is not listed, or NONE is among what is.
    func allowsNone(_ type: TransformType) -> Bool {
        !lists(type) || transforms(type).contains(Transform(type, 0))
    }

    /// `nil` where the SPI is none of the protocol's.
    func spi<Chosen: Suite>(of _: Chosen.Type) -> Chosen.SPI? {
        guard spi.count == Chosen.SPI.bitWidth / 8 else { return nil }
        let number = spi.reduce(Chosen.SPI.zero) { $0 << 8 | Chosen.SPI($1) }
        return number >= Chosen.firstSPI ? number : nil
    }
}

extension VerificationKey {
    /// A point of a curve; OpenSSL checks that it is on it.
    ///
    /// - Parameter point: uncompressed (SEC 1 §2.3.3): a byte 4, then two coordinates.
    package convenience init(_ curve: KeyKind, point: [UInt8]) throws(KeyRefusal) {
        guard let identifier = curve.identifier, let count = curve.coordinateCount else { throw .unsupported }
        guard point.first == 4, point.count == 1 + 2 * count else { throw .malformed }
        try self.init(algorithm: DER.ecPublicKey + identifier, key: point)
    }

    /// An RSA key by its two numbers, big-endian. An exponent has at most 64 bits, as OpenSSL takes it of large keys: time to
    /// verify grows with it.
    package convenience init(modulus: [UInt8], exponent: [UInt8]) throws(KeyRefusal) {
        guard modulus.count <= Limits.key / 2, exponent.count <= 8, exponent.last.map({ $0 & 1 }) == 1,
            modulus.last.map({ $0 & 1 }) == 1, exponent != [1]
        else { throw .malformed }
        // RSAPublicKey (RFC 8017 §A.1.1).
        let key = DER.value(DER.sequence, DER.integer(modulus) + DER.integer(exponent))
        try self.init(algorithm: DER.rsaEncryption + DER.null, key: key)
    }

    /// As a SubjectPublicKeyInfo (RFC 5280 §4.1).
    private convenience init(algorithm: [UInt8], key: [UInt8]) throws(KeyRefusal) {
        let content = DER.value(DER.sequence, algorithm) + DER.value(DER.bitString, [0] + key)
        try self.init(der: DER.value(DER.sequence, content))
    }
}

/// As much of DER (X.690) as a public key needs.
private enum DER {
    static let sequence: UInt8 = 0x30
    static let bitString: UInt8 = 0x03
    static let null: [UInt8] = [0x05, 0x00]
    /// RFC 5480 §2.1.1.
    static let ecPublicKey: [UInt8] = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    /// RFC 8017 §A.1.
    static let rsaEncryption: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]

    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }

    /// - Parameter digits: of a number that is not negative.
    static func integer(_ digits: [UInt8]) -> [UInt8] {
        let digits = digits.drop { $0 == 0 }
        return value(0x02, (digits.first ?? 0x80 >= 0x80 ? [0] : []) + digits)
    }
}

extension KeyKind {
    /// Of the curve (RFC 5480 §2.1.1.1); `nil` for RSA.
    fileprivate var identifier: [UInt8]? {
        switch self {
        case .rsa: nil
        case .p256: [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        case .p384: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]
        case .p521: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23]
        }
    }
}

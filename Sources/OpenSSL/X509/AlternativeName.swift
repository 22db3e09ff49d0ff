internal import COpenSSL

/// A subjectAltName of a certificate (RFC 5280 §4.2.1.6). Names with bytes that are no printable ASCII are left out: an embedded
/// zero byte has passed off one name for another before.
package enum AlternativeName: Hashable, Sendable {
    case uri(String)
    case dns(String)
    case email(String)
    /// 4 or 16 bytes.
    case address([UInt8])
    case directory(DistinguishedName)
}

extension AlternativeName {
    /// The DER of its GeneralName: what an identity of type ID_DER_ASN1_GN carries. `nil` beyond 65,535 bytes.
    package var der: [UInt8]? {
        switch self {
        case .email(let text): Self.tagged(0x81, Array(text.utf8))
        case .dns(let text): Self.tagged(0x82, Array(text.utf8))
        case .directory(let name): Self.tagged(0xA4, name.der)
        case .uri(let text): Self.tagged(0x86, Array(text.utf8))
        case .address(let bytes): Self.tagged(0x87, bytes)
        }
    }

    private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8]? {
        switch content.count {
        case ..<0x80: [tag, UInt8(content.count)] + content
        case ..<0x100: [tag, 0x81, UInt8(content.count)] + content
        case ..<0x1_0000: [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
        default: nil
        }
    }
}

extension AlternativeName {
    /// Those of a certificate, in their order.
    static func all(of certificate: OpaquePointer) throws(CertificateRefusal) -> [AlternativeName] {
        guard let names = try Certificate.extension(NID_subject_alt_name, of: certificate) else { return [] }
        defer { GENERAL_NAMES_free(names) }
        return (0..<OPENSSL_sk_num(names)).compactMap { index in
            OPENSSL_sk_value(names, index).flatMap { Self($0.assumingMemoryBound(to: GENERAL_NAME.self)) }
        }
    }

    private init?(_ name: UnsafePointer<GENERAL_NAME>) {
        switch name.pointee.type {
        case GEN_URI: self.init(name.pointee.d.ia5, Self.uri)
        case GEN_DNS: self.init(name.pointee.d.ia5, Self.dns)
        case GEN_EMAIL: self.init(name.pointee.d.ia5, Self.email)
        case GEN_IPADD:
            let bytes = content(of: name.pointee.d.ip)
            guard bytes.count == 4 || bytes.count == 16 else { return nil }
            self = .address(bytes)
        case GEN_DIRNAME:
            guard let directory = name.pointee.d.directoryName, let copy = X509_NAME_dup(directory) else { return nil }
            self = .directory(DistinguishedName(NameObject(owning: copy)))
        default: return nil
        }
    }

    private init?(_ string: UnsafePointer<ASN1_STRING>?, _ make: (String) -> AlternativeName) {
        let bytes = content(of: string)
        guard !bytes.isEmpty, bytes.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        self = make(String(decoding: bytes, as: UTF8.self))
    }
}

/// The bytes of a string of ASN.1's.
func content(of string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
    guard let string else { return [] }
    return Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
}

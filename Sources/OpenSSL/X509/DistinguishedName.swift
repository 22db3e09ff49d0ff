internal import COpenSSL

/// A distinguished name (RFC 5280 §4.1.2.4). Two are equal as RFC 5280 §7.1 compares them: letter case, the kind of string and
/// repeated spaces do not matter; the order and number of the attributes do.
package struct DistinguishedName: Sendable {
    /// The encoded Name: what an identity of type ID_DER_ASN1_DN carries.
    package let der: [UInt8]
    /// In the order of the encoding, as strongSwan and `openssl x509 -subject` write it: "C=CH, O=Example, CN=gate". Only printable
    /// ASCII, whatever the name holds.
    package let description: String
    /// Without a single attribute, as certificates have it whose names are all in subjectAltName.
    package var isEmpty: Bool { X509_NAME_entry_count(name.pointer) == 0 }
    /// Its serialNumber (X.520 §6.2.9): by which issuers tell holders of the same name apart. `nil` where there is none, or more
    /// than one.
    package var serialNumber: String? { name.text(of: NID_serialNumber) }
    private let name: NameObject

    /// `nil` for what is not the DER of one name and nothing else.
    package init?(der: [UInt8]) {
        guard der.count <= Limits.key, let name = NameObject(der: der) else { return nil }
        self.init(name)
    }

    init(_ name: NameObject) {
        self.name = name
        der = encode { i2d_X509_NAME(name.pointer, $0) }
        description = name.text
    }
}

extension DistinguishedName: Hashable, CustomStringConvertible {
    package static func == (a: DistinguishedName, b: DistinguishedName) -> Bool {
        X509_NAME_cmp(a.name.pointer, b.name.pointer) == 0
    }

    package func hash(into hasher: inout Hasher) {
        // OpenSSL's hash of the encoding in which what does not matter is folded.
        hasher.combine(X509_NAME_hash_ex(name.pointer, nil, nil, nil))
    }
}

extension DistinguishedName {
    /// Reads "C=CH, O=Example, CN=gate", in the order of the encoding. A backslash takes the next character as it is, or two
    /// hexadecimal digits for a byte. `nil` for unknown attributes, empty values and attributes joined by "+".
    package init?(_ text: String) {
        guard text.utf8.count <= Limits.key, let attributes = Self.split(Array(text.utf8)), !attributes.isEmpty else {
            return nil
        }
        defer { ERR_clear_error() }
        let name = NameObject(owning: required(X509_NAME_new(), "memory"))
        for attribute in attributes {
            let field = String(decoding: attribute.field, as: UTF8.self)
            let status = X509_NAME_add_entry_by_txt(
                name.pointer, field, Self.anyString, attribute.value, Int32(attribute.value.count), -1, 0)
            guard status == 1 else { return nil }
        }
        // Encoding completes the name.
        guard i2d_X509_NAME(name.pointer, nil) > 0 else { return nil }
        self.init(name)
    }

    /// `MBSTRING_UTF8`: OpenSSL chooses the kind of string.
    private static let anyString = Int32(0x1000)

    private static func split(_ text: [UInt8]) -> [(field: [UInt8], value: [UInt8])]? {
        var attributes: [(field: [UInt8], value: [UInt8])] = []
        var field: [UInt8]?
        var part: [UInt8] = []
        /// Bytes of `part` that may not be trimmed, being escaped.
        var kept = 0
        func trimmed() -> [UInt8] {
            var end = part.count
            while end > kept, part[end - 1] == UInt8(ascii: " ") { end -= 1 }
            return Array(part[..<end])
        }
        func close() -> Bool {
            guard let name = field, !name.isEmpty, !trimmed().isEmpty else { return false }
            attributes.append((name, trimmed()))
            (field, part, kept) = (nil, [], 0)
            return true
        }
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\\"):
                guard index < text.count else { return nil }
                if index + 1 < text.count, let high = digit(text[index]), let low = digit(text[index + 1]) {
                    part.append(high << 4 | low)
                    index += 2
                } else {
                    part.append(text[index])
                    index += 1
                }
                kept = part.count
            case UInt8(ascii: "="):
                if field == nil { (field, part, kept) = (trimmed(), [], 0) } else { part.append(byte) }
            case UInt8(ascii: ","):
                guard close() else { return nil }
            case UInt8(ascii: "+"):
                return nil
            case UInt8(ascii: " ") where part.isEmpty:
                break
            default:
                part.append(byte)
            }
        }
        return close() ? attributes : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }
}

/// Owns an `X509_NAME`.
final class NameObject: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: complete and encoded before it is shared; reading and comparing change nothing then.
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    init?(der: [UInt8]) {
        defer { ERR_clear_error() }
        let name = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            guard let base = bytes.baseAddress else { return nil }
            var next: UnsafePointer<UInt8>? = base
            guard let name = d2i_X509_NAME(nil, &next, bytes.count) else { return nil }
            if next == base + bytes.count { return name }
            X509_NAME_free(name)
            return nil
        }
        guard let name else { return nil }
        pointer = name
    }

    /// The value of an attribute that is there once.
    func text(of attribute: Int32) -> String? {
        let index = X509_NAME_get_index_by_NID(pointer, attribute, -1)
        guard index >= 0, X509_NAME_get_index_by_NID(pointer, attribute, index) < 0,
            let value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(pointer, index))
        else { return nil }
        defer { ERR_clear_error() }
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, value)
        guard count >= 0, let text else { return nil }
        defer { CRYPTO_free(text, nil, 0) }
        return String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }

    var text: String {
        guard let output = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(output) }
        // ASN1_STRFLGS_RFC2253, a macro too complex for Swift, and the attributes as they come.
        let flags = UInt(
            ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_ESC_MSB | ASN1_STRFLGS_UTF8_CONVERT
                | ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER | Int32(XN_FLAG_SEP_CPLUS_SPC)
                | Int32(XN_FLAG_DUMP_UNKNOWN_FIELDS))
        guard X509_NAME_print_ex(output, pointer, 0, flags) >= 0 else { return "" }
        return String(decoding: readAll(output), as: UTF8.self)
    }

    deinit {
        X509_NAME_free(pointer)
    }
}

/// What is in a memory BIO, which is empty afterwards.
func readAll(_ bio: OpaquePointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: BIO_ctrl_pending(bio)) { buffer, count in
        guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
        count = max(0, Int(BIO_read(bio, base, Int32(buffer.count))))
    }
}

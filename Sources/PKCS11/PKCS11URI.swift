/// Where a key is: `pkcs11:token=…;object=…?module-path=…&pin-source=…` (RFC 7512).
package struct PKCS11URI: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    package let description: String
    /// Of the token: `token`, `manufacturer`, `model`, `serial`, as far as they are there.
    package let token: [TokenAttribute: [UInt8]]
    /// `object`: the key's label.
    package let label: [UInt8]?
    package let id: [UInt8]?
    /// `module-path`: the library to load.
    package let module: String
    /// `pin-source`: a file with the PIN; without one it is asked for.
    package let pinFile: String?

    package enum TokenAttribute: String, Sendable, CaseIterable {
        case token, manufacturer, model, serial
    }

    package static let scheme = "pkcs11:"
    static let maximumByteCount = 2048

    package init?(_ description: String) {
        try? self.init(parsing: description)
    }

    /// Throws what is wrong with it: an attribute that is not understood could be the one that tells two keys apart (§2.3).
    package init(parsing text: String) throws(PKCS11Error) {
        guard text.utf8.count <= Self.maximumByteCount, text.hasPrefix(Self.scheme) else {
            throw PKCS11Error(.badURI, "not a pkcs11: URI")
        }
        let parts = text.dropFirst(Self.scheme.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = try Self.attributes(parts[0], separator: ";")
        var query = parts.count == 2 ? try Self.attributes(parts[1], separator: "&") : [:]
        if let type = path.removeValue(forKey: "type"), type != Array("private".utf8) {
            throw PKCS11Error(.badURI, "a key that signs is of the type `private`")
        }
        var token: [TokenAttribute: [UInt8]] = [:]
        for attribute in TokenAttribute.allCases { token[attribute] = path.removeValue(forKey: attribute.rawValue) }
        self.token = token
        label = path.removeValue(forKey: "object")
        id = path.removeValue(forKey: "id")
        guard label != nil || id != nil, !token.isEmpty else {
            throw PKCS11Error(.badURI, "names no token (`token=`) or no key (`object=` or `id=`)")
        }
        guard query["pin-value"] == nil else {
            throw PKCS11Error(
                .badURI, "has the PIN in itself (`pin-value`): write it to a file and name that by `pin-source`")
        }
        guard let module = query.removeValue(forKey: "module-path"), module.first == UInt8(ascii: "/") else {
            throw PKCS11Error(.badURI, "names no module: `?module-path=/usr/lib/…/libsofthsm2.so`")
        }
        self.module = String(decoding: module, as: UTF8.self)
        let source = query.removeValue(forKey: "pin-source").map { String(decoding: $0, as: UTF8.self) }
        let file = source.map { $0.hasPrefix("file:") ? String($0.dropFirst("file:".count)) : $0 }
        guard file?.hasPrefix("/") ?? true else {
            throw PKCS11Error(.badURI, "pin-source is no absolute path of a file")
        }
        pinFile = file
        if let unknown = (Array(path.keys) + Array(query.keys)).min() {
            throw PKCS11Error(.badURI, "has the attribute '\(unknown)', which is not understood")
        }
        description = text
    }

    private static func attributes(
        _ text: Substring, separator: Character
    ) throws(PKCS11Error) -> [String: [UInt8]] {
        var attributes: [String: [UInt8]] = [:]
        for part in text.split(separator: separator) {
            guard let equals = part.firstIndex(of: "="), let value = decoded(part[part.index(after: equals)...]) else {
                throw PKCS11Error(.badURI, "'\(part)' is not of the form name=value")
            }
            let name = String(part[..<equals])
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw PKCS11Error(.badURI, "has '\(name)' twice")
            }
        }
        return attributes
    }

    /// RFC 3986 §2.1.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return bytes
    }
}

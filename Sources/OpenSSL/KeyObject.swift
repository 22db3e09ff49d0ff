internal import COpenSSL

/// Why key bytes were not taken.
package enum KeyRefusal: Error, Hashable, Sendable {
    /// Not the encoding of one key and nothing else, or one that a passphrase protects.
    case malformed
    /// A kind of key, or a curve, that nothing here uses.
    case unsupported
    /// RSA with this many bits: fewer than 2,048 are weak, more than 8,192 cost whoever verifies too much.
    case size(bits: Int)
}

/// Owns an `EVP_PKEY`. OpenSSL shares these between threads once they are complete, which they are here from the start.
final class KeyObject: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: the key is never changed after `init`.
    let pointer: OpaquePointer

    /// Takes the reference over.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// Decodes a private key: PEM or DER; PKCS#8, SEC1 or PKCS#1.
    static func decodePrivate(_ bytes: UnsafeRawBufferPointer) throws(KeyRefusal) -> KeyObject {
        defer { ERR_clear_error() }
        guard bytes.count <= Limits.key, let base = bytes.bindMemory(to: UInt8.self).baseAddress else {
            throw .malformed
        }
        var key: OpaquePointer?
        let decoder = required(
            OSSL_DECODER_CTX_new_for_pkey(&key, nil, nil, nil, wholeKey, nil, nil), "key decoders")
        defer { OSSL_DECODER_CTX_free(decoder) }
        // Without this, OpenSSL would ask for a passphrase on the terminal.
        check(OSSL_DECODER_CTX_set_pem_password_cb(decoder, { _, _, _, _ in -1 }, nil))
        var next: UnsafePointer<UInt8>? = base
        var left = bytes.count
        guard OSSL_DECODER_from_data(decoder, &next, &left) == 1, let key else {
            EVP_PKEY_free(key)
            throw .malformed
        }
        return KeyObject(owning: key)
    }

    /// Both halves and the parameters (a macro too complex for Swift).
    private static let wholeKey = Int32(
        OSSL_KEYMGMT_SELECT_PRIVATE_KEY | OSSL_KEYMGMT_SELECT_PUBLIC_KEY | OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS
            | OSSL_KEYMGMT_SELECT_OTHER_PARAMETERS)

    /// Such as "RSA", "EC", "X25519".
    func isA(_ name: String) -> Bool { EVP_PKEY_is_a(pointer, name) == 1 }

    /// As OpenSSL calls it: "prime256v1", "secp384r1"; `nil` for keys without one.
    var groupName: String? {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else { return nil }
        return String(decoding: name.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        // Wipes what is secret.
        EVP_PKEY_free(pointer)
    }
}

/// What is read from outside is bounded before OpenSSL sees it.
enum Limits {
    static let key = 32 << 10
    static let certificate = 64 << 10
    static let revocationList = 16 << 20
    /// Certificates between an anchor and a leaf.
    static let depth: Int32 = 8
    static let untrusted = 16
}

internal import CSodium

/// Hexadecimal whose time does not depend on the bytes: fit for secrets.
package enum Hex {
    /// Lower case.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        withBytes(of: bytes) { bytes, length in
            encoding(capacity: length * 2 + 1) { _ = sodium_bin2hex($0, length * 2 + 1, bytes, length) }
        }
    }

    /// `nil` for an odd length or a character that is no digit. Upper case is taken too.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let text = Array(text.utf8)
        guard text.count.isMultiple(of: 2) else { return nil }
        return decoding(text, capacity: text.count / 2) { text, length, out, capacity, count in
            sodium_hex2bin(out, capacity, text, length, nil, &count, nil)
        }
    }
}

/// Base64 (RFC 4648) whose time does not depend on the bytes: fit for secrets. Decoding takes the canonical form alone.
package enum Base64 {
    package enum Alphabet: Sendable {
        /// RFC 4648 §4, padded: what `wg` shows.
        case standard
        /// RFC 4648 §5 without padding: what PASETO uses.
        case urlSafe

        var variant: Int32 {
            self == .standard ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_URLSAFE_NO_PADDING
        }
    }

    package static func encode(_ bytes: some Collection<UInt8>, _ alphabet: Alphabet = .standard) -> String {
        withBytes(of: bytes) { bytes, length in
            let capacity = sodium_base64_encoded_len(length, alphabet.variant)
            return encoding(capacity: capacity) {
                _ = sodium_bin2base64($0, capacity, bytes, length, alphabet.variant)
            }
        }
    }

    /// `nil` for foreign characters, wrong padding or bits that no encoder sets.
    package static func decode(_ text: some StringProtocol, _ alphabet: Alphabet = .standard) -> [UInt8]? {
        let text = Array(text.utf8)
        return decoding(text, capacity: text.count / 4 * 3 + 2) { text, length, out, capacity, count in
            sodium_base642bin(out, capacity, text, length, nil, &count, nil, alphabet.variant)
        }
    }
}

/// Text that C code writes into `capacity` bytes, the last of them its zero.
private func encoding(capacity: Int, _ body: (UnsafeMutablePointer<CChar>) -> Void) -> String {
    String(unsafeUninitializedCapacity: capacity) { out in
        out.withMemoryRebound(to: CChar.self) { out in
            if let base = out.baseAddress { body(base) }
        }
        return capacity - 1
    }
}

private func decoding(
    _ text: [UInt8], capacity: Int,
    _ body: (UnsafePointer<CChar>, Int, UnsafeMutablePointer<UInt8>, Int, inout Int) -> Int32
) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    var status: Int32 = -1
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { out, count in
        guard let out = out.baseAddress else { return }
        withBytes(of: text) { text, length in
            text.withMemoryRebound(to: CChar.self, capacity: length) {
                status = body($0, length, out, capacity, &count)
            }
        }
        if status != 0 { count = 0 }
    }
    return status == 0 ? bytes : nil
}

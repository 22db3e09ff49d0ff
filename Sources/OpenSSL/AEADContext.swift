internal import COpenSSL

/// An AEAD of OpenSSL's in one direction, its context made once and keyed as often as wanted. The tag has 16 bytes, the nonce 12.
///
/// One thread at a time: the context changes with every message.
package final class AEADContext {
    package enum Algorithm: Sendable, CaseIterable { case chaCha20Poly1305, aes128GCM, aes256GCM }
    package enum Direction: Sendable { case sealing, opening }

    package static let tagCount = 16
    package static let nonceCount = 12

    /// Such as "3.0.15".
    package static let libraryVersion = String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))

    // Invariant of `nonisolated(unsafe)`: fetched once and never written.
    nonisolated(unsafe) private static let chaCha20Poly1305 = fetch(
        "ChaCha20-Poly1305", from: ApprovedMode.unapprovedLibrary)
    nonisolated(unsafe) private static let aes128GCM = fetch("AES-128-GCM")
    nonisolated(unsafe) private static let aes256GCM = fetch("AES-256-GCM")

    private let context: OpaquePointer
    private let direction: Direction

    /// Without a key yet.
    package init(_ algorithm: Algorithm, _ direction: Direction) {
        context = required(EVP_CIPHER_CTX_new(), "memory")
        self.direction = direction
        let cipher =
            switch algorithm {
            case .chaCha20Poly1305: Self.chaCha20Poly1305
            case .aes128GCM: Self.aes128GCM
            case .aes256GCM: Self.aes256GCM
            }
        switch direction {
        case .sealing: check(EVP_EncryptInit_ex2(context, cipher, nil, nil, nil))
        case .opening: check(EVP_DecryptInit_ex2(context, cipher, nil, nil, nil))
        }
    }

    private static func fetch(_ name: String, from library: OpaquePointer? = nil) -> OpaquePointer {
        required(EVP_CIPHER_fetch(library, name, nil), name)
    }

    /// Takes as many bytes from `key` as the algorithm's keys have. It costs about a tenth of a packet.
    package func setKey(_ key: UnsafeRawPointer) {
        let key = key.assumingMemoryBound(to: UInt8.self)
        switch direction {
        case .sealing: check(EVP_EncryptInit_ex2(context, nil, key, nil, nil))
        case .opening: check(EVP_DecryptInit_ex2(context, nil, key, nil, nil))
        }
    }

    /// Overwrites the key with zeros, which is a key too. It costs as much as `setKey`.
    package func forgetKey() {
        let zero: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafePointer(to: zero) { setKey($0) }
    }

    /// Encrypts `count` bytes and writes them, and the tag after them. Source and destination are the same or do not overlap.
    package func seal(
        _ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int, nonce: UnsafeRawPointer,
        authenticating header: UnsafeRawBufferPointer
    ) {
        let output = destination.assumingMemoryBound(to: UInt8.self)
        var written: Int32 = 0
        check(EVP_EncryptInit_ex2(context, nil, nil, nonce.assumingMemoryBound(to: UInt8.self), nil))
        if let base = header.bindMemory(to: UInt8.self).baseAddress, !header.isEmpty {
            check(EVP_EncryptUpdate(context, nil, &written, base, Int32(header.count)))
        }
        if count > 0 {
            check(
                EVP_EncryptUpdate(context, output, &written, source.assumingMemoryBound(to: UInt8.self), Int32(count)))
        }
        check(EVP_EncryptFinal_ex(context, output + count, &written))
        check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagCount), output + count))
    }

    /// Decrypts `count` bytes whose tag comes after them. When it returns `false`, what it wrote is worthless.
    package func open(
        _ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int, nonce: UnsafeRawPointer,
        authenticating header: UnsafeRawBufferPointer
    ) -> Bool {
        let input = source.assumingMemoryBound(to: UInt8.self)
        let output = destination.assumingMemoryBound(to: UInt8.self)
        var written: Int32 = 0
        check(EVP_DecryptInit_ex2(context, nil, nil, nonce.assumingMemoryBound(to: UInt8.self), nil))
        // OpenSSL copies the tag: it does not write through this pointer.
        let tag = UnsafeMutableRawPointer(mutating: source + count)
        check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagCount), tag))
        if let base = header.bindMemory(to: UInt8.self).baseAddress, !header.isEmpty {
            check(EVP_DecryptUpdate(context, nil, &written, base, Int32(header.count)))
        }
        if count > 0, EVP_DecryptUpdate(context, output, &written, input, Int32(count)) != 1 { return false }
        return EVP_DecryptFinal_ex(context, output + count, &written) == 1
    }

    deinit {
        // Wipes the key.
        EVP_CIPHER_CTX_free(context)
    }
}

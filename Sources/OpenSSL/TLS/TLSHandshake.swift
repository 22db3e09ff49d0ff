internal import COpenSSL

/// A TLS handshake (1.2 or 1.3) between parties that both show a certificate, in memory: bytes in, bytes out. What it is for is the
/// keys that come of it (EAP-TLS).
///
/// One thread at a time.
package final class TLSHandshake {
    package enum Role: Sendable { case client, server }
    package enum Version: Sendable { case tls12, tls13 }

    package enum State: Hashable, Sendable {
        case inProgress
        case complete
        /// Output may still hold an alert for the peer.
        case failed(TLSRefusal)
    }

    package private(set) var state = State.inProgress
    private let ssl: OpaquePointer
    /// What is read from, and written to; both are the handshake's.
    private let input: OpaquePointer
    private let output: OpaquePointer

    /// - Parameters:
    ///   - chain: Our own certificate first.
    ///   - anchors: Whom the peer's certificate must come from. It must also be for the peer's role.
    ///   - time: Seconds since 1970, for both ends of certificates' validity.
    ///   - newest: The newest version to offer or take.
    package init(
        _ role: Role, chain: [Certificate], key: SigningKey, anchors: TrustAnchors, at time: Int64,
        newest: Version = .tls13
    ) {
        let context = required(SSL_CTX_new(role == .server ? TLS_server_method() : TLS_client_method()), "TLS")
        // The handshake holds a reference of its own.
        defer { SSL_CTX_free(context) }
        Self.configure(context, role, chain, key, anchors)
        let version = newest == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        ssl = required(SSL_new(context), "memory")
        input = required(BIO_new(BIO_s_mem()), "memory")
        output = required(BIO_new(BIO_s_mem()), "memory")
        SSL_set_bio(ssl, input, output)
        TrustAnchors.configure(required(SSL_get0_param(ssl), "memory"), revocation: false, time)
        if role == .server { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
    }

    private static func configure(
        _ context: OpaquePointer, _ role: Role, _ chain: [Certificate], _ key: SigningKey, _ anchors: TrustAnchors
    ) {
        SSL_CTX_set_security_level(context, 2)
        // Nobody resumes: neither tickets nor a cache.
        SSL_CTX_set_options(context, noTicket | noRenegotiation)
        SSL_CTX_set_num_tickets(context, 0)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set1_cert_store(context, anchors.store)
        if role == .server {
            // Names of authorities, so that a client with several certificates picks the right one.
            for anchor in anchors.certificates { SSL_CTX_add_client_CA(context, anchor.pointer) }
        }
        if let first = chain.first { SSL_CTX_use_certificate(context, first.pointer) }
        SSL_CTX_use_PrivateKey(context, key.key.pointer)
        for issuer in chain.dropFirst() {
            SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(issuer.pointer))
        }
    }

    /// `SSL_OP_NO_TICKET`, `SSL_OP_NO_RENEGOTIATION` (macros too complex for Swift).
    private static let noTicket: UInt64 = 1 << 14
    private static let noRenegotiation: UInt64 = 1 << 30

    /// Goes on with what the peer sent, and returns what it must get: nothing where the peer is to say more, or all is said.
    package func advance(_ bytes: [UInt8]) -> [UInt8] {
        ERR_clear_error()
        defer { ERR_clear_error() }
        if !bytes.isEmpty { BIO_write(input, bytes, Int32(clamping: bytes.count)) }
        if case .inProgress = state {
            let status = SSL_do_handshake(ssl)
            if status == 1 {
                state = .complete
            } else if SSL_get_error(ssl, status) != SSL_ERROR_WANT_READ {
                state = .failed(refusal())
            }
        }
        return readAll(output)
    }

    private func refusal() -> TLSRefusal {
        let result = SSL_get_verify_result(ssl)
        guard result == Int(X509_V_OK) else { return .certificate(CertificateRefusal(code: Int32(clamping: result))) }
        let code = ERR_peek_error()
        return .protocolError(ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
    }

    deinit {
        // And both buffers.
        SSL_free(ssl)
    }
}

// MARK: - When it is complete

extension TLSHandshake {
    package var isTLS13: Bool { SSL_version(ssl) == TLS1_3_VERSION }

    /// The peer's certificates, its own first.
    package var peerChain: [Certificate] {
        guard let own = SSL_get1_peer_certificate(ssl) else { return [] }
        defer { X509_free(own) }
        var chain = [own]
        if let sent = SSL_get_peer_cert_chain(ssl) {
            chain += (0..<OPENSSL_sk_num(sent)).compactMap { OPENSSL_sk_value(sent, $0).map { OpaquePointer($0) } }
        }
        return chain.compactMap { pointer in try? Certificate(der: encode { i2d_X509(pointer, $0) }) }
    }

    /// Keys that both ends have and nobody else (RFC 5705, RFC 8446 §7.5). `nil` before it is complete.
    package func export(label: String, context: [UInt8]?, count: Int) -> SecretBytes? {
        guard state == .complete else { return nil }
        defer { ERR_clear_error() }
        var isExported = false
        let keys = SecretBytes(count: count) { out in
            isExported =
                SSL_export_keying_material(
                    ssl, out.bindMemory(to: UInt8.self).baseAddress, count, label, label.utf8.count, context ?? [],
                    context?.count ?? 0, context == nil ? 0 : 1) == 1
        }
        return isExported ? keys : nil
    }

    /// Protects bytes for the peer, and returns what it must get.
    package func write(_ bytes: [UInt8]) -> [UInt8] {
        defer { ERR_clear_error() }
        guard state == .complete, SSL_write(ssl, bytes, Int32(clamping: bytes.count)) > 0 else { return [] }
        return readAll(output)
    }

    /// What the peer protected, of what `advance` got: at most 64 bytes.
    package func read() -> [UInt8] {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard state == .complete else { return [] }
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = max(0, Int(SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))))
        }
    }
}

/// Why a handshake failed.
package enum TLSRefusal: Error, Hashable, Sendable {
    case certificate(CertificateRefusal)
    /// What OpenSSL says of it, also where the peer sent an alert.
    case protocolError(String)
}

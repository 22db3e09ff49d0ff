internal import CGit2
internal import Glibc

/// One fetch or push: answers libgit2's questions about credentials and server keys, and remembers why it said no.
final class NetworkSession {
    let url: RemoteURL
    let credentials: Credentials
    let limits: Limits
    /// What a branch must be at on the server for a push to go on, and what came of it.
    var lease: Lease?
    /// The first refusal of a callback; it says more than libgit2's own error.
    private(set) var failure: GitError?
    private var attempts = 0

    struct Lease {
        let reference: String
        let expected: ObjectID?
    }

    init(_ url: RemoteURL, _ credentials: Credentials, _ limits: Limits) {
        self.url = url
        self.credentials = credentials
        self.limits = limits
    }

    func fail(_ error: GitError) -> Int32 {
        if failure == nil { failure = error }
        git_error_set_str(Int32(GIT_ERROR_CALLBACK.rawValue), error.message)
        return GIT_EUSER.rawValue
    }

    /// Sets what the two kinds of options share. `self` must outlive their use.
    func install(in callbacks: inout git_remote_callbacks) {
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = { out, _, user, allowed, payload in
            NetworkSession.from(payload)?.credential(out, user.map { String(cString: $0) }, allowed) ?? -1
        }
        callbacks.certificate_check = { certificate, valid, _, payload in
            NetworkSession.from(payload)?.checkServer(certificate, valid != 0) ?? -1
        }
        callbacks.transfer_progress = { progress, payload in
            guard let session = NetworkSession.from(payload), let progress else { return -1 }
            let limit = session.limits.fetchBytes
            guard progress.pointee.received_bytes > limit else { return 0 }
            return session.fail(GitError(.tooLarge, "\(session.url) sends more than \(limit) bytes"))
        }
        callbacks.push_negotiation = { updates, count, payload in
            NetworkSession.from(payload)?.checkLease(UnsafeBufferPointer(start: updates, count: count)) ?? -1
        }
        callbacks.push_update_reference = { name, status, payload in
            guard let session = NetworkSession.from(payload) else { return -1 }
            guard let name, let status else { return 0 }
            let reason = String(cString: status)
            let words = "\(session.url) refused \(String(cString: name)): \(reason)"
            return session.fail(GitError(NetworkSession.isRace(reason) ? .rejected : .refused, words))
        }
    }

    /// Whether the words of a git server say that somebody else was faster. Of all others, trying again changes nothing.
    private static func isRace(_ reason: String) -> Bool {
        let reason = reason.lowercased()
        return [
            "non-fast-forward", "fetch first", "stale info", "failed to lock", "cannot lock", "failed to update ref",
            "already exists", "incorrect old value",
        ].contains { reason.contains($0) }
    }

    private static func from(_ payload: UnsafeMutableRawPointer?) -> NetworkSession? {
        payload.map { Unmanaged<NetworkSession>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: - Answers

    private func checkLease(_ updates: UnsafeBufferPointer<UnsafePointer<git_push_update>?>) -> Int32 {
        guard let lease else { return 0 }
        for case let update? in updates {
            let current = ObjectID(update.pointee.src)
            let absent = current.bytes.allSatisfy { $0 == 0 }
            guard (absent ? nil : current) == lease.expected else {
                let words = (absent ? "absent" : current.short, lease.expected?.short ?? "absent")
                return fail(GitError(.rejected, "\(lease.reference) on \(url) is \(words.0), not \(words.1)"))
            }
        }
        return 0
    }

    private func credential(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, _ userInURL: String?, _ allowed: UInt32
    ) -> Int32 {
        func allows(_ kind: git_credential_t) -> Bool { allowed & kind.rawValue != 0 }
        do throws(GitError) {
            let sshUser = userInURL ?? "git"
            if allows(GIT_CREDENTIAL_USERNAME) { return git_credential_username_new(out, sshUser) }
            attempts += 1
            guard attempts == 1 else {
                let used =
                    url.scheme == .https
                    ? credentials.httpsTokenFile ?? "no token"
                    : credentials.sshKeyFile ?? "the keys of the SSH agent"
                let advice = url.scheme == .ssh ? " (RSA keys do not work with new servers; Ed25519 ones do)" : ""
                throw GitError(.authentication, "\(url) did not accept \(used)\(advice)")
            }
            if url.scheme == .https, allows(GIT_CREDENTIAL_USERPASS_PLAINTEXT) {
                guard let file = credentials.httpsTokenFile else {
                    throw GitError(.authentication, "\(url) wants a user and token, and no token file is set")
                }
                let user = userInURL ?? credentials.httpsUser
                return git_credential_userpass_plaintext_new(out, user, try SecretFile.firstLine(file))
            }
            guard allows(GIT_CREDENTIAL_SSH_KEY) else {
                throw GitError(.authentication, "\(url) offers no way to log in that is supported")
            }
            guard let key = credentials.sshKeyFile else {
                guard getenv("SSH_AUTH_SOCK") != nil else {
                    throw GitError(.authentication, "\(url) needs an SSH key file, or an agent at SSH_AUTH_SOCK")
                }
                return git_credential_ssh_key_from_agent(out, sshUser)
            }
            try SecretFile.checkMode(key)
            let passphrase = try credentials.sshPassphraseFile.map { (file) throws(GitError) in
                try SecretFile.firstLine(file)
            }
            return git_credential_ssh_key_new(out, sshUser, nil, key, passphrase)
        } catch {
            return fail(error)
        }
    }

    private func checkServer(_ certificate: UnsafeMutablePointer<git_cert>?, _ valid: Bool) -> Int32 {
        guard let certificate else { return -1 }
        guard certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
            if valid { return 0 }
            let anchors = credentials.caFile ?? SystemTrust.caFile
            return fail(
                GitError(.untrustedServer, "\(url.host) has no certificate for that name that \(anchors) vouches for"))
        }
        return UnsafeMutableRawPointer(certificate).withMemoryRebound(to: git_cert_hostkey.self, capacity: 1) { host in
            guard host.pointee.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let bytes = host.pointee.hostkey else {
                return fail(GitError(.untrustedServer, "\(url.host) did not show its host key"))
            }
            let key = UnsafeRawBufferPointer(start: bytes, count: host.pointee.hostkey_len)
            do throws(GitError) {
                try checkHostKey(Array(key))
                return 0
            } catch {
                return fail(error)
            }
        }
    }

    private func checkHostKey(_ key: [UInt8]) throws(GitError) {
        let files = try SystemTrust.knownHosts(credentials.knownHostsFile)
        let words = "the \(KnownHosts.keyType(key)) host key of \(url.host), \(KnownHosts.fingerprint(key))"
        let line = KnownHosts.line(host: url.host, port: url.port, key: key)
        switch files.hosts.check(host: url.host, port: url.port, key: key) {
        case .known: return
        case .unknown:
            throw GitError(
                .untrustedServer,
                "\(words), is not in \(files.name). If the server's owner confirms it, add this line there: \(line)")
        case .different:
            throw GitError(
                .untrustedServer,
                "\(words), is not the one in \(files.name): someone may be listening in, or the key was replaced. If "
                    + "the server's owner confirms it, add this line there: \(line)")
        case .revoked:
            throw GitError(.untrustedServer, "\(words), is revoked in \(files.name)")
        }
    }
}

internal import CGit2
internal import Glibc
internal import Synchronization

/// Whom to trust when the settings do not say.
enum SystemTrust {
    /// Where Debian, Fedora and Alpine keep the system's certificate authorities.
    static var caFile: String {
        let places = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        ]
        return places.first { access($0, R_OK) == 0 } ?? places[0]
    }

    /// The known hosts in `file`, or in the user's and the system's files, and what to call them.
    static func knownHosts(_ file: String?) throws(GitError) -> (hosts: KnownHosts, name: String) {
        let limit = 16 << 20
        if let file {
            let bytes = try SecretFile.read(file, limit: limit)
            return (KnownHosts(String(decoding: bytes, as: UTF8.self)), file)
        }
        let home = getenv("HOME").map { String(cString: $0) } ?? ""
        let places = ["\(home)/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"]
        let text = places.filter { access($0, R_OK) == 0 }.compactMap { try? SecretFile.read($0, limit: limit) }
        return (KnownHosts(text.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")), places[0])
    }

    /// libgit2 has one set of authorities for the process: operations over TLS take turns, each with its own.
    private static let authorities = Mutex<String?>(nil)

    static func withAuthorities<Value>(
        _ file: String?, _ body: () throws(GitError) -> Value
    ) throws(GitError) -> Value {
        let wanted = file ?? caFile
        let result: Result<Value, GitError> = authorities.withLock { current in
            if current != wanted {
                guard cvlan_git_set_ca_file(wanted) == 0 else {
                    let error = LibGit2.lastError(-1, doing: "loading the certificate authorities in \(wanted)")
                    return .failure(GitError(.untrustedServer, error.message))
                }
                current = wanted
            }
            do throws(GitError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

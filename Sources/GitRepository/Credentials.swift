/// How to log in to a git server and how to know it. Files are read anew for each connection, so they can be rotated.
package struct Credentials: Hashable, Sendable {
    /// User for `https://` when the URL names none. Most forges take any name with a token.
    package var httpsUser = "git"
    /// A file whose first line is a password or an access token.
    package var httpsTokenFile: String?
    /// PEM certificates that vouch for `https://` servers, instead of the system's.
    package var caFile: String?
    /// An OpenSSH or PEM private key, mode 0600. Without one, the agent at `SSH_AUTH_SOCK` is asked.
    package var sshKeyFile: String?
    /// A file whose first line is the passphrase of `sshKeyFile`.
    package var sshPassphraseFile: String?
    /// Which host keys are right, in OpenSSH's format. Hosts that are not in it are refused.
    package var knownHostsFile: String?

    package init() {}
}

/// A kind of secret that its first letters give away.
struct SecretPattern: Sendable {
    let prefix: [UInt8]
    /// For messages: "a GitHub token".
    let what: String
    let letters: Letters
    /// How much must follow the prefix; what is shorter is no secret of this kind.
    let shortest: Int
    /// How much can follow it: with more letters it is another word.
    let longest: Int

    enum Letters: UInt8, Sendable {
        case word = 1
        /// Letters of base64url (RFC 4648 §5).
        case url = 2
        /// Letters of base32 in capitals.
        case capital = 4
        /// base64url and dots: several parts in one word.
        case parts = 8
    }

    private init(
        _ prefix: String, _ what: String, _ letters: Letters, _ shortest: Int, longest: Int = .max
    ) {
        self.prefix = Array(prefix.utf8)
        self.what = what
        self.letters = letters
        self.shortest = shortest
        self.longest = longest
    }

    /// By no means all that there are, but those that are found in repositories of infrastructure; all of them are forms that
    /// nothing else has.
    static let all: [SecretPattern] =
        ["k1", "k2", "k3", "k4"].flatMap { version in
            [
                SecretPattern("\(version).secret.", "a PASERK secret key", .url, 32),
                SecretPattern("\(version).local.", "a PASERK secret key", .url, 32),
            ]
        }
        + ["v1", "v2", "v3", "v4"].flatMap { version in
            // 64 bytes of a signature alone are 86 letters.
            [
                SecretPattern("\(version).public.", "a token (PASETO)", .parts, 86),
                SecretPattern("\(version).local.", "a token (PASETO)", .parts, 64),
            ]
        }
        + ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map { SecretPattern($0, "a GitHub token", .word, 30) }
        + ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glft-", "glsoat-", "glimt-", "glagent-"].map {
            SecretPattern($0, "a GitLab token", .url, 20)
        }
        + ["AKIA", "ASIA"].map { SecretPattern($0, "an AWS access key", .capital, 16, longest: 16) }
        + ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xapp-"].map { SecretPattern($0, "a Slack token", .url, 20) }
        + ["sk_live_", "rk_live_"].map { SecretPattern($0, "a Stripe key", .word, 16) }
        + [
            SecretPattern("github_pat_", "a GitHub token", .word, 22),
            SecretPattern("AIza", "a Google API key", .url, 35, longest: 35),
            SecretPattern("ya29.", "a Google token", .url, 30),
            SecretPattern("npm_", "an npm token", .word, 36, longest: 36),
            SecretPattern("pypi-AgEI", "a PyPI token", .url, 50),
            SecretPattern("tskey-", "a Tailscale key", .url, 16),
            SecretPattern("hvs.", "a Vault token", .url, 24),
            SecretPattern("hvb.", "a Vault token", .url, 24),
            SecretPattern("dop_v1_", "a DigitalOcean token", .word, 64, longest: 64),
            SecretPattern("dckr_pat_", "a Docker token", .url, 20),
            SecretPattern("SG.", "a SendGrid key", .parts, 60),
            SecretPattern("sk-ant-", "an API key", .url, 40),
            SecretPattern("sk-proj-", "an API key", .url, 40),
            SecretPattern("AGE-SECRET-KEY-1", "an age secret key", .capital, 50),
        ]

    /// Patterns by their first two letters, which nearly all words of a manifest fail at.
    static let byFirstLetters: [[Int]] = {
        var table = [[Int]](repeating: [], count: 1 << 16)
        for (index, pattern) in all.enumerated() {
            table[Int(pattern.prefix[0]) << 8 | Int(pattern.prefix[1])].append(index)
        }
        return table
    }()

    /// For each byte, the `Letters` that it belongs to.
    static let classes: [UInt8] = (0...255).map { (byte: UInt8) in
        let isUpper = (65...90).contains(byte)
        let isLetter = isUpper || (97...122).contains(byte)
        let isDigit = (48...57).contains(byte)
        let isWord = isLetter || isDigit || byte == UInt8(ascii: "_")
        let isURL = isWord || byte == UInt8(ascii: "-")
        return (isWord ? Letters.word.rawValue : 0) | (isURL ? Letters.url.rawValue : 0)
            | (isUpper || isDigit ? Letters.capital.rawValue : 0)
            | (isURL || byte == UInt8(ascii: ".") ? Letters.parts.rawValue : 0)
    }
}

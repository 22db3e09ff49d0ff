import Lint
import Manifests
import Testing

/// Secrets in plain text are found wherever they stand, and never told.
struct SecretTests {
    private static let wireGuardKey = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
    private static let letters =
        "aB3dE5fG7hJ9kLmN0pQrS2tUvW4xYz6AbCdEfGhIjKlMnOpQrStUvWxYz0123456789aBcDeFgHiJkLmNoPqRsTu"

    /// The places and messages of secrets in a file.
    private func secrets(_ text: String, path: String = "test.yaml") -> [String] {
        lint([(path, text)]).filter { $0.code == .plainSecret }.map { "\($0)" }
    }

    @Test(arguments: [
        ("k4.secret.\(letters)", "k4.secret.", "a PASERK secret key"),
        ("v4.public.\(letters)", "v4.public.", "a token (PASETO)"),
        ("ghp_\(letters.prefix(36))", "ghp_", "a GitHub token"),
        ("glpat-\(letters.prefix(20))", "glpat-", "a GitLab token"),
        ("AKIAIOSFODNN7QWERTYU", "AKIA", "an AWS access key"),
        ("xoxb-123456789012-\(letters.prefix(24))", "xoxb-", "a Slack token"),
        (
            "AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE", "AGE-SECRET-KEY-1",
            "an age secret key"
        ),
        ("eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbGljZSJ9.\(letters.prefix(60))", "eyJ", "a token (JWT)"),
    ])
    func aTokenIsKnownByItsPrefix(token: String, shown: String, what: String) {
        for (text, column) in [
            ("a: \(token)\n", 4), ("# (\(token))\n", 4), ("a: \"\(token)\"\n", 5), ("é={\(token)}\n", 4),
        ] {
            let finding = lint([("test.yaml", text)]).first { $0.code == .plainSecret }
            #expect(finding?.span.description == "test.yaml:1:\(column)")
            #expect(finding.map { Int($0.span.length) } == token.count)
            #expect(
                finding?.message
                    == "`\(shown)…` is \(what) in plain text: whoever reads the repository has it; replace it, and keep "
                    + "the new one out of git")
        }
    }

    @Test(arguments: [
        "privateKey: \(wireGuardKey)", "  \"private_key\": \"\(wireGuardKey)\",", "# PrivateKey = \(wireGuardKey)",
        "a: { presharedKey: \(wireGuardKey) }", "Pre-Shared-Key=\(wireGuardKey)", "psk: \(wireGuardKey)",
        "wireguard:\n  privateKey: |\n    \(wireGuardKey)", "# private key: \(wireGuardKey)",
    ])
    func aKeyIsKnownByTheNameBeforeIt(text: String) {
        let found = secrets(text)
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.contains("error[CV023]: a p") && !$0.contains("yAn") })
    }

    @Test func aShortSecretIsNotShownAtAll() {
        #expect(
            secrets("x:\n  ssid-password: hunter22x\n") == [
                "test.yaml:2:18: error[CV023]: a password in plain text: whoever reads the repository has it; replace it, "
                    + "and keep the new one out of git"
            ])
    }

    @Test func aPrivateKeyInPEMIsFoundOnce() {
        let body = "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQg\n"
        for label in ["PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY", "PGP PRIVATE KEY BLOCK"] {
            let text = "a: |\n  -----BEGIN \(label)-----\n  \(body)  -----END \(label)-----\n"
            #expect(secrets(text).map { $0.prefix(16) } == ["test.yaml:2:3: e"], "\(label)")
        }
        for label in ["PUBLIC KEY", "CERTIFICATE", "ENCRYPTED PRIVATE KEY"] {
            #expect(secrets("a: |\n  -----BEGIN \(label)-----\n  \(body)").isEmpty, "\(label)")
        }
    }

    @Test(arguments: [
        "wireguard: { publicKey: \"\(wireGuardKey)\" }", "tokenKeys: [\"k4.public.\(letters.prefix(43))\"]",
        "keys: [\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f alice@laptop\"]",
        "password: <password>", "password: ${WIFI_PASSWORD_1}", "# password: see the vault, entry wifi-2024",
        "password: changeme123", "psk: /run/secrets/psk-1", "token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "accessKey: AKIAIOSFODNN7EXAMPLE", "secret: wifi-password-2024", "token: required", "labels: { psk: enabled }",
        "secretName: db-credentials-1", "enrollment-token-id: 01HZX3", "address: fd64:100::1:1", "image: ghp_short1",
        "kind: Secret", "password: ENC[AES256_GCM,data:8djDk2]", "a: prefixghp_\(letters.prefix(36))",
        "privateKeyFile: /etc/wireguard/key1", "mac: AKIAIOSFODNN7QWERTYUIOP", "token:\n  name: a1b2c3d4e5f6",
        "setup: the private key is made on the machine, by wg genkey",
    ])
    func whatIsNoSecretIsNotCalledOne(text: String) {
        #expect(secrets(text) == [])
    }

    @Test func linesAndColumnsAreThoseOfTheFile() {
        let token = "ghp_\(Self.letters.prefix(36))"
        #expect(
            secrets("\u{FEFF}# é \(token)\r\na: \(token) # \(token)\n").map { $0.prefix(14) } == [
                "test.yaml:1:5:", "test.yaml:2:4:", "test.yaml:2:47",
            ])
        #expect(secrets("{\"token\":\"\(token)\"}", path: "a.json").map { $0.prefix(11) } == ["a.json:1:11"])
    }

    @Test func aSecretHoldsNothingBackAndIsItsTenants() {
        let findings = lint([
            (
                "tenants/acme/n.yaml",
                "# token: a1b2c3d4e5f6\napiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { name: acme }\n"
            )
        ])
        #expect(findings.map(\.code) == [.plainSecret])
        #expect(findings.first?.tenant == "acme")
        #expect(findings.first?.severity == .error)
        #expect(findings.first?.code.holdsBack == false)
    }

    private static let pem = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW"

    /// Whatever else is wrong on its line, and whichever rule says so.
    @Test(arguments: [
        "spec: { wireguard: { publicKey: \(wireGuardKey.dropLast()) } }",
        "spec: { wireguard: { publicKey: \"\(wireGuardKey)\\n\" } }",
        "spec: { wireguard: { key: \(wireGuardKey) } }", "spec: { wireguard: \(wireGuardKey) }",
        "spec: { role: \(wireGuardKey) }", "spec: { privateKey: '\(wireGuardKey)', no: yes }",
        "spec: { token: yes\(wireGuardKey.prefix(40)) and more \(wireGuardKey) }",
        "spec: { role: ghp_\(letters.prefix(36)) }", "# cvlan: ignore CV023 test\nspeck: ghp_\(letters.prefix(36))",
        "spec: { role: \"-----BEGIN PRIVATE KEY-----\\n\(pem)\\n-----END PRIVATE KEY-----\" }",
        "spec: -----BEGIN PRIVATE KEY-----\n\(pem)\n\(pem)\n-----END PRIVATE KEY-----\nx: y",
    ])
    func noFormatShowsAnyOfASecret(line: String) {
        let text = "apiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: acme, name: n }\n\(line)\n"
        let findings = LintRun.findings(
            in: ManifestSet(files: [ManifestLoader().load(path: "a.yaml", bytes: Array(text.utf8))]), at: now)
        #expect(!findings.isEmpty)
        let secrets = [Self.wireGuardKey, Self.letters, Self.pem]
        for format in LintFormat.allCases {
            let shown = format.render(report(findings, text: text))
            // Of four letters none is in words of ours.
            for secret in secrets {
                for part in (0...secret.count - 4).map({ String(secret.dropFirst($0).prefix(4)) }) {
                    #expect(!shown.contains(part), "\(format): \(part)")
                }
            }
        }
    }

    /// Each would take minutes if anything in it were looked at again and again.
    @Test(arguments: [
        "glrt-", "eyJ-", "eyJa.eyJ", "token=", "token: |", "token: \"", "a1b2c3 ", "glrt-a1b2c3d4e5f6g7h8i9xxxx-",
        "-----BEGIN ", "privateKey:", "password: a1!", "v4.public.a", "-", " ", "=", "AKIA", "AGE-SECRET-KEY-1",
    ])
    func hostileTextTakesLinearTime(word: String) {
        let text = String(repeating: word, count: 300_000 / word.count)
        let time = ContinuousClock().measure {
            let file = ManifestLoader().load(path: "a.yaml", bytes: Array(text.utf8))
            #expect(file.remarks.count <= ManifestLimits().problemsPerFile)
            #expect(HiddenText.ranges(in: Array(text.utf8)).count <= text.utf8.count)
        }
        #expect(time < .seconds(10))
    }
}

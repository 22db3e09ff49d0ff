import Foundation
import Glibc
import Sodium
import TestPrograms
import Testing
import Trust

/// A token of SoftHSM 2, as Debian has it. The module looks for tokens once in a process, so all are made before.
struct SoftToken {
    let label: String
    /// Has the right PIN.
    let pinFile: String

    /// Has the Ed25519 keys `config` (id 01) and `state` (02), and two by the name `twin`.
    static func withKeys() throws -> SoftToken { try #require(all)[0] }

    /// Nobody logs in to it: a login is the process's, and holds for each later one whatever its PIN.
    static func untouched() throws -> SoftToken { try #require(all)[1] }

    func uri(_ object: String, token: String? = nil, pinFile: String? = nil) -> String {
        "pkcs11:token=\(token ?? label);\(object)?module-path=\(Self.module)&pin-source=\(pinFile ?? self.pinFile)"
    }

    private static let module = "/usr/lib/softhsm/libsofthsm2.so"
    private static let pin = "1234"
    /// As long as the process: the module keeps its files open.
    private static let scratch = try? Scratch()

    private static let all: [SoftToken]? = {
        do {
            guard let scratch else { return nil }
            let directory = URL(fileURLWithPath: try scratch.write("tokens/.made", "")).deletingLastPathComponent().path
            let configuration = try scratch.write(
                "softhsm2.conf", "directories.tokendir = \(directory)\nlog.level = ERROR\n")
            setenv("SOFTHSM2_CONF", configuration, 1)
            let pinFile = try scratch.write("pin", pin, mode: 0o600)
            func run(_ arguments: String...) throws {
                try Command.run(arguments: ["env", "SOFTHSM2_CONF=\(configuration)"] + arguments)
            }
            let tokens = ["cvlan-keys", "cvlan-untouched"].map { SoftToken(label: $0, pinFile: pinFile) }
            for token in tokens {
                try run(
                    "softhsm2-util", "--init-token", "--free", "--label", token.label, "--pin", pin, "--so-pin", pin)
            }
            for (name, id) in [("config", "01"), ("state", "02"), ("twin", "03"), ("twin", "04")] {
                try run(
                    "pkcs11-tool", "--module", module, "--token-label", tokens[0].label, "--login", "--pin", pin,
                    "--keypairgen", "--key-type", "EC:edwards25519", "--label", name, "--id", id)
            }
            return tokens
        } catch {
            Issue.record(error)
            return nil
        }
    }()
}

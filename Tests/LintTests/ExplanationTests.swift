import Foundation
import Lint
import Manifests
import Testing

/// What the pages of the codes say is so: the wrong examples are found, the right ones are not.
struct ExplanationTests {
    /// Codes that an example has besides its own.
    private static let companions: [FindingCode: Set<FindingCode>] = [:]

    @Test(arguments: FindingCode.allCases)
    func everyCodeHasAPage(_ code: FindingCode) {
        let explanation = code.explanation
        for text in [explanation.summary, explanation.meaning, explanation.remedy] + explanation.notes {
            #expect(text.first.map { $0.isUppercase || !$0.isLetter } == true, "\(text)")
        }
        #expect(!explanation.summary.contains("\n") && explanation.summary.last != ".")
        #expect(explanation.summary.count <= 72)
        #expect(explanation.bad != explanation.good)
    }

    @Test(arguments: FindingCode.allCases)
    func pagesAreShortAndFitTheirWidth(_ code: FindingCode) {
        let lines = code.page().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "\(code.rawValue) (\(code.severity.rawValue)): \(code.explanation.summary)")
        #expect(lines.count <= 60, "\(lines.count) lines")
        #expect(lines.last == "" && lines.dropLast().last != "")
        // Examples are as wide as they are.
        for line in lines where !line.hasPrefix("    ") { #expect(line.count <= 80) }
        for line in lines where line.hasPrefix("    ") { #expect(line.count <= 104) }
    }

    @Test func wordsThatAreLongerThanTheWidthAreKept() {
        let page = FindingCode.limit.page(width: 10)
        #expect(page.hasPrefix("CV002\n(error):\nThe\nmanifest\nis past a\nlimit of\nsize\n\n"))
    }

    @Test(arguments: FindingCode.allCases)
    func theWrongExampleHasTheFinding(_ code: FindingCode) throws {
        let found = try codes(in: code.explanation.bad, of: code)
        #expect(Set(found) == (Self.companions[code] ?? []).union([code]), "\(found)")
        #expect(found.filter { $0 == code }.count <= 2)
    }

    @Test(arguments: FindingCode.allCases)
    func theRightExampleIsClean(_ code: FindingCode) throws {
        #expect(try codes(in: code.explanation.good, of: code) == [])
    }

    // MARK: - Running examples

    /// What examples leave out, each as its beginning and the rest.
    private static let surroundings = [
        ("kind: Tenant\nmetadata: { name: acme }", ""),
        ("kind: CVLAN\nmetadata: { tenant: acme, name: office", " }\nspec: { cidrs: [10.100.0.0/24] }"),
        (
            "kind: Node\nmetadata: { tenant: acme, name: laptop",
            ", labels: { team: eng } }\nspec: { networks: [{ cvlan: office }] }"
        ),
        (
            "kind: Node\nmetadata: { tenant: acme, name: db",
            ", labels: { app: db } }\nspec: { networks: [{ cvlan: office }] }"
        ),
    ]

    /// What examples of devices that speak IPsec leave out.
    private static let sealedBranch = [
        (
            "kind: Secret\nmetadata: { tenant: acme, name: branch }",
            "\nspec: { sealed: [{ node: gw-1, publicKey: \(key), value: \(sealed) }] }"
        ),
        (
            "kind: Node\nmetadata: { tenant: acme, name: gw-1 }",
            "\nspec: { role: gateway, networks: [{ cvlan: office }], wireguard: { publicKey: \(key) } }"
        ),
    ]
    private static let key = "lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4="
    private static let sealed =
        "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8"

    /// What an example needs besides.
    private static let more: [FindingCode: [(String, String)]] = [
        .misplacedIPsec: sealedBranch, .noIPsecGateway: sealedBranch, .badAuthority: sealedBranch,
        .authorityExpired: sealedBranch, .presharedKeyInCNSA: sealedBranch, .selectorOutside: sealedBranch,
        .unknownSecret: sealedBranch, .secretNotSealed: sealedBranch, .gatewayNameTaken: sealedBranch,
        .loginTwice: sealedBranch, .gatewayWithoutName: sealedBranch, .movedSecret: sealedBranch,
        .meshTooLarge: (0..<300).map {
            ("kind: Node\nmetadata: { tenant: acme, name: n\($0) }", "\nspec: { networks: [{ cvlan: office }] }")
        },
        .keyInOtherTenant: [
            ("kind: Tenant\nmetadata: { name: other }", ""),
            ("kind: CVLAN\nmetadata: { tenant: other, name: office", " }\nspec: { cidrs: [10.100.0.0/24] }"),
        ],
    ]

    private func codes(in example: String, of code: FindingCode) throws -> [FindingCode] {
        let missing = (Self.surroundings + (Self.more[code] ?? [])).filter { !example.contains($0.0) }
        let rest = missing.map { "apiVersion: cvlan.io/v1\n\($0.0)\($0.1)\n" }.joined(separator: "---\n")
        let folder = try Folder(["a/surroundings.yaml": rest, "b/example.yaml": example + "\n"])
        let run = try lintRun([folder.path], reservedNames: ["cvlan.example"])
        #expect(
            run.report.findings.allSatisfy { $0.span.file.path.hasSuffix("example.yaml") }, "\(run.report.findings)")
        return run.report.findings.map(\.code)
    }
}

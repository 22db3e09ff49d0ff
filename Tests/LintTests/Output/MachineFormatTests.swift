import Foundation
import Lint
import Manifests
import Testing

/// The formats for programs: what others read must be what was meant, whatever is in it.
struct MachineFormatTests {
    private func object(_ format: LintFormat, _ report: LintReport) throws -> [String: Any] {
        let text = format.render(report)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The value at a path of names and indices.
    private func value(_ json: Any?, _ path: String) -> Any? {
        path.split(separator: ".").reduce(json) { value, part in
            if let index = Int(part) {
                (value as? [Any]).flatMap { $0.indices.contains(index) ? $0[index] : nil }
            } else {
                (value as? [String: Any])?[String(part)]
            }
        }
    }

    private let everything = finding(
        hostile, at: place(2, 3, 4, path: hostile), related: [.init(place(5, 6, 7), hostile)],
        fixes: [.replace(place(2, 3, 4), with: hostile, hostile, .safe)])

    // MARK: JSON

    @Test func jsonHasAll() throws {
        let json = try object(.json, report([everything], path: "b.yaml"))
        #expect(value(json, "version") as? Int == 1)
        #expect(value(json, "tool.version") as? String == "1.2.3")
        #expect(value(json, "time") as? String == "2027-01-15T08:00:00Z")
        #expect(value(json, "summary.files") as? Int == 2)
        #expect(value(json, "summary.safelyFixable") as? Int == 1)
        let first = value(json, "findings.0")
        #expect(value(first, "message") as? String == hostile)
        #expect(value(first, "span.file") as? String == hostile)
        #expect(value(first, "span.line") as? Int == 2)
        #expect(value(first, "span.length") as? Int == 4)
        #expect(value(first, "holdsBack") as? Bool == true)
        #expect(value(first, "related.0.message") as? String == hostile)
        #expect(value(first, "fixes.0.safety") as? String == "safe")
        #expect(value(first, "fixes.0.edits.0.text") as? String == hostile)
    }

    /// It may be shown on a terminal, or read line by line.
    @Test func jsonShowsNothingThatCannotBeSeen() {
        for format in [LintFormat.json, .sarif] {
            let text = format.render(report([everything], text: hostile))
            #expect(!text.unicodeScalars.contains { $0 != "\n" && !$0.properties.isGraphemeBase })
        }
    }

    @Test func emptyReportsAreDocumentsToo() throws {
        #expect((value(try object(.json, report([])), "findings") as? [Any])?.isEmpty == true)
        #expect((value(try object(.sarif, report([])), "runs.0.results") as? [Any])?.isEmpty == true)
        #expect(LintFormat.github.render(report([])) == "")
        #expect(LintFormat.text.render(report([])) == "")
    }

    // MARK: SARIF

    @Test func sarifNamesPlacesByURIsBelowTheRoot() throws {
        func location(_ path: String, root: String?) throws -> [String: String]? {
            let report = report([finding(at: place(1, 1, 1, path: path))], path: path, root: root)
            return value(
                try object(.sarif, report), "runs.0.results.0.locations.0.physicalLocation.artifactLocation")
                as? [String: String]
        }
        #expect(
            try location("a b/ü:%#?.yaml", root: "/r") == [
                "uri": "a%20b/%C3%BC%3A%25%23%3F.yaml", "uriBaseId": "%SRCROOT%",
            ])
        #expect(try location("/r/x/a.yaml", root: "/r") == ["uri": "x/a.yaml", "uriBaseId": "%SRCROOT%"])
        #expect(try location("/rest/a.yaml", root: "/r") == ["uri": "file:///rest/a.yaml"])
        #expect(try location("../a b.yaml", root: "/r/x") == ["uri": "file:///r/a%20b.yaml"])
        #expect(try location("x/../a.yaml", root: "/r/x") == ["uri": "a.yaml", "uriBaseId": "%SRCROOT%"])
        let run = value(try object(.sarif, report([], root: "/r r")), "runs.0.originalUriBaseIds.%SRCROOT%.uri")
        #expect(run as? String == "file:///r%20r/")
    }

    @Test func sarifRegionsEndBehindTheLastCharacter() throws {
        let result = value(try object(.sarif, report([everything])), "runs.0.results.0")
        let region = value(result, "locations.0.physicalLocation.region") as? [String: Int]
        #expect(region == ["startLine": 2, "startColumn": 3, "endColumn": 7])
        #expect(value(result, "relatedLocations.0.physicalLocation.region.startLine") as? Int == 5)
        #expect(value(result, "ruleIndex") as? Int == 0)
        #expect(value(result, "fixes.0.artifactChanges.0.replacements.0.insertedContent.text") as? String == hostile)
    }

    @Test func sarifTakesLinesOutWithTheirEnds() throws {
        let edit = TextEdit(span: place(3, 1, 20), text: "", takesLine: true)
        let json = try object(.sarif, report([finding(fixes: [Fix("remove it", .safe, [edit])])]))
        let replacement = value(json, "runs.0.results.0.fixes.0.artifactChanges.0.replacements.0")
        #expect(
            value(replacement, "deletedRegion") as? [String: Int] == [
                "startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1,
            ])
        #expect(value(replacement, "insertedContent") == nil)
    }

    @Test func sarifMessagesHaveNoLinksOrPlaceholdersByChance() throws {
        let json = try object(.sarif, report([finding("[a](javascript:x) {0} { app: db }")]))
        #expect(
            value(json, "runs.0.results.0.message.text") as? String == "\\[a\\](javascript:x) {{0}} { app: db }")
    }

    @Test func fingerprintsStayWhenLinesMove() throws {
        func fingerprints(_ text: String, _ lines: [Int]) throws -> [String] {
            let report = report(lines.map { finding(at: place($0, 1, 1)) }, text: text)
            let results = value(try object(.sarif, report), "runs.0.results") as? [Any] ?? []
            return results.compactMap { value($0, "partialFingerprints.cvlanLint/v1") as? String }
        }
        let before = try fingerprints("cvlan: a\ncvlan: a\ncvlan: b\n", [1, 2, 3])
        #expect(Set(before).count == 3)
        #expect(try fingerprints("\n# new\n  cvlan: a\ncvlan: a\n\ncvlan: b\n", [3, 4, 6]) == before)
        #expect(try fingerprints("cvlan: c\n", [1]) != [before[0]])
    }

    @Test func sarifTellsTheRulesThatHaveResultsOnce() throws {
        let findings = [finding(), finding(), finding(code: .expired)]
        let rules = value(try object(.sarif, report(findings)), "runs.0.tool.driver.rules") as? [Any] ?? []
        #expect(rules.map { value($0, "id") as? String } == ["CV102", "CV112"])
        #expect(rules.map { value($0, "name") as? String } == ["UnknownNetwork", "Expired"])
        #expect(rules.map { value($0, "defaultConfiguration.level") as? String } == ["error", "warning"])
    }

    // MARK: GitHub

    @Test func annotationsStayOnTheirLines() {
        let text = LintFormat.github.render(report([everything]))
        #expect(text.unicodeScalars.count { $0 == "\n" } == 1)
        #expect(text.hasPrefix("::error file=a b\"'<&>]]>%250A%3A%3Aerror%3A%3A%0A%0D\t"))
        #expect(
            text.contains(
                "עברית %2C%3A,line=2,endLine=2,col=3,endColumn=7,title=CV102%3A The network is not declared::a b"))
        #expect(text.contains("%250A::error::␊␍␉␛[31m"))
        #expect(text.contains("%0Aa.yaml:5:6: a b"))
    }

    @Test func annotationsAlwaysHaveALine() {
        let findings = [
            Finding(.cannotBeCarriedOut, at: .none, "no room", tenant: nil),
            Finding(.allowAndDenyOverlap, at: place(1, 1, 0), "both", tenant: nil),
        ]
        #expect(
            LintFormat.github.render(report(findings)) == """
                ::error line=1,endLine=1,title=CV117%3A \(FindingCode.cannotBeCarriedOut.explanation.summary)::no room
                ::notice file=a.yaml,line=1,endLine=1,col=1,endColumn=2,title=CV122%3A \
                \(FindingCode.allowAndDenyOverlap.explanation.summary)::both

                """)
    }

    // MARK: JUnit

    @Test func junitIsWellFormed() {
        let text = LintFormat.junit.render(report([everything], path: hostile, text: hostile))
        #expect(
            text.contains(
                "<failure type=\"CV102\" message=\"a b&quot;'&lt;&amp;&gt;]]&gt;%0A::error::&#10;&#13;&#9;␛[31m"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(text.components(separatedBy: "<").count == text.components(separatedBy: ">").count)
    }

    @Test func junitFailsWhatTheRunFailsOn() {
        let findings = [finding(), finding(code: .expired), finding(code: .expired)]
        let lenient = LintFormat.junit.render(report(findings, path: "clean.yaml"))
        #expect(lenient.contains("<testsuite name=\"cvlan lint\" tests=\"4\" failures=\"1\" errors=\"0\""))
        #expect(lenient.contains("<testcase classname=\"clean.yaml\" name=\"no findings\" file=\"clean.yaml\"/>"))
        #expect(lenient.contains("name=\"CV112: wrong (2)\""))
        #expect(lenient.components(separatedBy: "<system-out>").count == 3)
        let strict = LintFormat.junit.render(report(findings, path: "clean.yaml", failOn: .warning))
        #expect(strict.contains("tests=\"4\" failures=\"3\""))
    }
}

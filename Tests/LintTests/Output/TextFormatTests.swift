import Lint
import Manifests
import Testing

struct TextFormatTests {
    /// The lines for one finding in `text`, without the headline.
    private func excerpt(_ text: String, _ span: SourceSpan, width: Int = 80) -> [String] {
        LintFormat.text.render(
            report([finding(at: span)], text: text), style: TextStyle(isColored: false, width: width)
        )
        .split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast(2).map(String.init)
    }

    @Test func aFindingIsShownWithItsPlacesAndFixes() {
        let text = "spec:\n  networks:\n    - cvlan: ofice\n" + String(repeating: "\n", count: 8) + "name: office\n"
        let fixes: [Fix] = [
            .replace(place(3, 14, 5), with: "office", "write `office`", .suggested),
            .replace(place(3, 14, 5), with: "x", "write `x`", .safe),
        ]
        let all = finding(
            "there is no CVLAN `ofice`", at: place(3, 14, 5),
            related: [.init(place(12, 7, 6), "a name like it"), .init(place(9, 9, 9, path: "gone.yaml"), "elsewhere")],
            fixes: fixes)
        #expect(
            LintFormat.text.render(report([all], text: text)) == """
                a.yaml:3:14: error[CV102]: there is no CVLAN `ofice`
                   |
                 3 |     - cvlan: ofice
                   |              ^^^^^
                  --> a.yaml:12:7: a name like it
                   |
                12 | name: office
                   |       ------
                  --> gone.yaml:9:9: elsewhere
                   = fix: write `office` (--fix=suggested)
                   = fix: write `x` (--fix)


                """)
    }

    @Test func marksStandUnderWideAndNarrowCharacters() {
        #expect(excerpt("k: 日本 x", place(1, 7, 1)) == ["  |", "1 | k: 日本 x", "  |         ^"])
        #expect(excerpt("k: 日本 x", place(1, 4, 2)) == ["  |", "1 | k: 日本 x", "  |    ^^^^"])
        #expect(excerpt("\tk:\tx", place(1, 5, 1)) == ["  |", "1 |     k:    x", "  |           ^"])
        // e, a combining accent, a letter; an emoji, a letter.
        #expect(excerpt("e\u{301}x", place(1, 3, 1)) == ["  |", "1 | e\u{301}x", "  |  ^"])
        #expect(excerpt("🙂x", place(1, 2, 1)) == ["  |", "1 | 🙂x", "  |   ^"])
    }

    @Test func whatIsNotWrittenIsMarkedByOneCaret() {
        #expect(excerpt("spec:", place(1, 6, 0)) == ["  |", "1 | spec:", "  |      ^"])
        // Past the end, as a file can change while it is looked at.
        #expect(excerpt("spec:", place(1, 99, 9)) == ["  |", "1 | spec:", "  |      ^"])
        #expect(excerpt("spec:", place(2, 1, 1)) == [])
        #expect(excerpt("", place(1, 1, 1)) == [])
    }

    @Test func longLinesAreCutAroundTheMark() {
        let line = String(repeating: "a", count: 100) + "WRONG" + String(repeating: "b", count: 100)
        for (column, mark) in [(101, "WRONG"), (1, "a"), (205, "b")] {
            let lines = excerpt(line, place(1, column, mark.count), width: 40)
            #expect(lines.allSatisfy { $0.count <= 40 }, "\(lines)")
            let indent = lines[2].prefix { $0 != "^" }.count
            #expect(lines[1].dropFirst(indent).hasPrefix(mark), "\(lines)")
        }
        #expect(excerpt(line, place(1, 101, 5), width: 30)[1] == "1 | …aaaaaaWRONGbbbbbbbbbbbbb…")
        // A mark that is wider than the terminal.
        #expect(excerpt(line, place(1, 1, 205), width: 30)[2] == "  | " + String(repeating: "^", count: 24))
    }

    @Test func aLineOfCharactersWithoutWidthEnds() {
        let line = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(excerpt(line, place(1, 50_000, 10)).allSatisfy { $0.unicodeScalars.count < 10_000 })
    }

    @Test func nothingReachesTheTerminalAsAnOrder() {
        let span = place(1, 1, 3, path: hostile)
        let all = finding(
            hostile, at: span, related: [.init(span, hostile)], fixes: [.replace(span, with: "x", hostile, .safe)])
        let text = LintFormat.text.render(report([all], path: hostile, text: hostile))
        #expect(text.contains("␛[31m␡�2J���"))
        for scalar in text.unicodeScalars where scalar != "\n" {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Issue.record("U+\(scalar.value) is shown")
            default: break
            }
        }
        // The headline, two excerpts of the two lines of the file that are one in YAML, and a fix.
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 11)
    }

    @Test func colorsAreOnlyWhereTheyAreWanted() {
        let colored = LintFormat.text.render(
            report([finding()], text: "x"), style: TextStyle(isColored: true, width: 80))
        #expect(colored.contains("\u{1B}[1;31merror[CV102]\u{1B}[0m"))
        #expect(!LintFormat.text.render(report([finding()], text: "x")).contains("\u{1B}"))
    }

    @Test func whatIsNoTextIsNotShown() {
        let unreadable = finding("not UTF-8 text", code: .unreadable)
        #expect(
            LintFormat.text.render(report([unreadable], text: "\u{FFFD}ELF")) == """
                a.yaml:1:1: error[CV016]: not UTF-8 text


                """)
    }

    @Test func aPlaceInNoFileIsNotTold() {
        let nowhere = Finding(.cannotBeCarriedOut, at: .none, "no room", tenant: nil)
        #expect(LintFormat.text.render(report([nowhere])) == "error[CV117]: no room\n\n")
    }
}

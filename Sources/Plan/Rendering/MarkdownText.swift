internal import Lint

/// Text from manifests inside Markdown (GitHub's flavour), such that it stays text.
enum MarkdownText {
    /// A code span: nothing in it is markup, HTML, a link or a mention. Also inside tables.
    static func code(_ text: String) -> String {
        let text = VisibleText.of(text)
        let fence = String(repeating: "`", count: longestFence(text) + 1)
        // A span cannot begin or end with a backtick of its own, nor be empty.
        let pad = text.isEmpty || text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        return fence + pad + text.replacing("|", with: "\\|") + pad + fence
    }

    /// A block of code.
    static func block(_ lines: [String], language: String = "") -> [String] {
        let lines = lines.map(VisibleText.of)
        let fence = String(repeating: "`", count: max(3, (lines.map(longestFence).max() ?? 0) + 1))
        return [fence + language] + lines + [fence]
    }

    /// Words of ours with names in them: labels, addresses and prefixes, which need no quoting but in HTML.
    static func words(_ text: String) -> String {
        var result = ""
        for scalar in VisibleText.of(text).unicodeScalars {
            switch scalar {
            case "&", "<", ">", "@", "#", "*", "_", "`", "[", "]", "|", "\\", "~": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func longestFence(_ text: String) -> Int {
        var longest = 0
        var current = 0
        for byte in text.utf8 {
            current = byte == UInt8(ascii: "`") ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }
}
